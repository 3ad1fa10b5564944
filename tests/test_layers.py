"""Who may import whom. A new module needs a place here; an import that points the wrong way fails."""

import ast
import subprocess
import sys

import pytest

from tests.conftest import ROOT

PACKAGE = ROOT / "cleaner"

BASE = {"errors", "text"}
MODEL = BASE | {"model"}
BATCH = {"batch.job", "batch.output", "batch.plan", "batch.journal", "batch.layout"}
REVIEW = {"review.items", "review.strata"}
ALLOWED = {
    "errors": set(),
    "text": set(),
    "toml": set(),
    "intervals": set(),
    "model": BASE,
    "sites": set(),
    "templates": set(),
    "templates.lines": MODEL,
    "templates.parquet_file": MODEL | {"io.atomic", "io.extras", "templates.lines"},
    "templates.toml_file": MODEL | {"toml", "templates.lines"},
    "templates.files": {"errors", "io.atomic", "templates.lines", "templates.parquet_file", "templates.toml_file"},
    "templates.lookup": MODEL | {"templates.lines", "templates.files", "templates.parquet_file"},
    "templates.judge": MODEL | {"intervals", "templates.lines"},
    "templates.merge": {"templates.lines"},
    "templates.drift": {"templates.lines"},
    "templates.edit": {"templates.lines", "templates.files", "templates.merge"},
    "site_config": {"errors", "text", "sites"},
    "site_marks": {"site_config", "segment"},
    "options": MODEL | {"rules.user", "templates.lookup", "site_config"},
    "language": MODEL,
    "blocks": MODEL,
    "encoding": {"errors"},
    "rules": MODEL,
    "rules.match": MODEL | {"rules"},
    "rules.prove": MODEL | {"rules", "rules.match"},
    "rules.user": MODEL | {"rules", "rules.match", "rules.prove"},
    "detectors.heard": MODEL,
    "detectors.claims": MODEL | {"rules"},
    "detectors.*": MODEL | {"rules", "rules.match", "language", "detectors.heard", "detectors.claims"},
    "detectors.headline": MODEL | {"detectors.heard", "detectors.claims"},
    "detectors.user": MODEL | {"rules.match", "detectors.claims"},
    "detectors.scored": MODEL
    | {"language", "text_features", "text_scorer", "detectors.heard", "detectors.claims", "detectors.headline"},
    "detectors": MODEL | {"detectors.*", "detectors.heard", "detectors.headline", "detectors.scored"},
    "guards": MODEL | {"language", "rules"},
    "protection": MODEL,
    "decide": MODEL | {"options", "guards", "protection"},
    "fields": MODEL | {"options"},
    "metadata": MODEL | {"fields"},
    "text_features": MODEL | {"hashing", "language"},
    "text_scorer": MODEL | {"hashing", "text_features"},
    "streamed": set(),
    "segment": MODEL | {"metadata", "streamed"},
    "hashing": set(),
    "features": MODEL | {"segment", "hashing"},
    "scorer": MODEL | {"features", "hashing"},
    "class_words": MODEL | {"segment", "features", "hashing"},
    "mend": MODEL | {"segment", "features", "class_words"},
    "naming": MODEL | {"segment", "features", "class_words", "scorer"},
    "extract": MODEL | {"options", "language", "segment", "features", "scorer", "mend", "naming"},
    "html": MODEL | {"options", "encoding", "metadata", "segment", "extract", "site_marks"},
    "markdown": MODEL,
    "pages": MODEL | {"options", "blocks", "encoding", "html"},
    "pipeline": MODEL
    | {
        "options",
        "blocks",
        "language",
        "rules.user",
        "sites",
        "templates.lookup",
        "detectors",
        "detectors.user",
        "protection",
        "decide",
        "fields",
        "pages",
    },
    "audit": MODEL | {"options", "site_config", "templates.lookup"},
    "io": set(),
    "io.readers": {"errors", "io.files"},
    "io.records": set(),
    "io.extras": {"errors"},
    "io.streams": {"errors"},
    "io.atomic": {"errors"},
    "io.fields": {"io.records"},
    "io.compress": {"errors", "io.extras"},
    "io.jsonl": {"io.records", "io.streams", "io.fields"},
    "io.plain": {"io.records", "io.streams"},
    "io.rows": {"io.atomic", "io.compress"},
    "io.arrow": {"io.records", "io.extras", "io.streams", "io.fields"},
    "io.columns": {"io.rows", "io.arrow"},
    "io.parquet": {"errors", "io.records", "io.extras", "io.streams", "io.atomic", "io.fields", "io.rows"}
    | {"io.arrow", "io.columns"},
    "io.http_body": {"errors", "io.extras", "io.streams", "io.compress"},
    "io.warc": {"io.records", "io.extras", "io.streams", "io.fields", "io.http_body"},
    "io.zip": {"io.records", "io.streams", "io.compress", "io.plain"},
    "io.parts": {"errors", "io.compress", "io.rows", "io.parquet"},
    "io.writers": {"model", "markdown"},
    "io.files": {"errors", "io.records", "io.extras", "io.streams", "io.compress"}
    | {"io.jsonl", "io.plain", "io.parquet", "io.warc", "io.zip"},
    "cli": MODEL
    | {
        "options",
        "pages",
        "pipeline",
        "audit",
        "io.atomic",
        "io.readers",
        "io.records",
        "io.files",
        "io.writers",
        "batch",
        "batch.job",
        "batch.run",
        "batch.config",
        "batch.drift",
        "batch.status",
        "batch.restore",
        "learn.job",
        "learn.run",
        "templates.edit",
        "templates.files",
        "templates.lines",
        "templates.toml_file",
        "rules",
        "rules.match",
        "rules.prove",
        "rules.user",
        "terminal",
        "report",
        "review.run",
        "review.strata",
    },
    "__init__": MODEL | {"options", "pipeline"},
    "__main__": {"cli"},
    "batch.job": MODEL | {"options", "io.files", "io.records", "io.streams"},
    "batch.layout": {"batch.job", "io.files"},
    "batch.output": {"errors"},
    "batch.desk": set(),
    "batch.memory": set(),
    "batch.summary": set(),
    "batch.names": {"errors", "io.atomic", "io.files", "batch.job", "batch.layout", "batch.output"},
    "batch.plan": {
        "errors",
        "audit",
        "io.arrow",
        "io.records",
        "io.files",
        "io.parquet",
        "io.parts",
        "io.streams",
        "batch.job",
        "batch.layout",
        "batch.names",
        "batch.output",
    },
    "batch.journal": {"batch.output", "batch.plan"},
    "batch.config": {"errors", "text", "toml", "audit", "io.records", "batch.job"},
    "batch.drift": {"sites", "batch.summary", "templates.drift", "templates.lines", "templates.lookup"},
    "batch.sources": {
        "errors",
        "io.fields",
        "io.files",
        "io.records",
        "batch.job",
        "batch.plan",
    },
    "batch.document": MODEL
    | {
        "audit",
        "encoding",
        "metadata",
        "pages",
        "sites",
        "io.records",
        "io.fields",
        "io.files",
        "io.rows",
        "io.writers",
        "batch.job",
        "batch.layout",
    },
    "batch.segments": {
        "audit",
        "io.rows",
        "batch.document",
        "batch.job",
        "batch.journal",
        "batch.layout",
        "batch.output",
        "batch.plan",
        "batch.summary",
    },
    "batch.worker": BATCH
    | {
        "errors",
        "pages",
        "io.atomic",
        "io.records",
        "io.writers",
        "batch.desk",
        "batch.memory",
        "batch.document",
        "batch.segments",
        "batch.sources",
    },
    "batch.supervise": BATCH | {"errors", "io.atomic", "batch.desk", "batch.memory", "batch.worker"},
    "batch.assemble": BATCH
    | {
        "errors",
        "audit",
        "io.arrow",
        "io.atomic",
        "io.files",
        "io.parquet",
        "io.parts",
        "io.rows",
        "batch.document",
        "batch.segments",
        "batch.summary",
    },
    "batch.resume": BATCH | {"errors", "audit", "batch.sources", "batch.assemble"},
    "batch.send": BATCH | {"errors", "io.files", "io.streams", "batch.assemble"},
    "batch.run": BATCH
    | {
        "errors",
        "options",
        "io.atomic",
        "io.files",
        "batch.config",
        "batch.resume",
        "batch.assemble",
        "batch.send",
        "batch.summary",
        "batch.supervise",
    },
    "batch.restore": BATCH
    | {
        "errors",
        "audit",
        "encoding",
        "io.atomic",
        "io.fields",
        "io.files",
        "io.parquet",
        "io.parts",
        "io.readers",
        "io.records",
        "io.rows",
        "io.writers",
        "batch.assemble",
    },
    "batch.status": BATCH | {"errors", "batch.assemble", "batch.summary", "batch.run"},
    "batch": BATCH | {"batch.run"},
    "learn": set(),
    "learn.days": set(),
    "learn.job": {"batch.job", "batch.plan", "batch.supervise", "templates.drift", "templates.merge"},
    "learn.gather": BATCH
    | {
        "errors",
        "text",
        "model",
        "encoding",
        "metadata",
        "segment",
        "html",
        "pages",
        "sites",
        "io.extras",
        "io.records",
        "batch.document",
        "batch.sources",
        "learn.days",
    },
    "learn.count": {"io.extras", "templates.lines", "learn.gather"},
    "learn.name": MODEL
    | {
        "blocks",
        "class_words",
        "language",
        "guards",
        "text_features",
        "text_scorer",
        "detectors.heard",
        "detectors.scored",
        "detectors.*",
        "templates.judge",
        "templates.lines",
    },
    "learn.run": MODEL
    | BATCH
    | {
        "batch.supervise",
        "io.extras",
        "io.files",
        "templates.drift",
        "templates.files",
        "templates.judge",
        "templates.lines",
        "templates.merge",
        "learn.job",
        "learn.gather",
        "learn.count",
        "learn.name",
    },
    "sampling": set(),
    "spans": set(),
    "web": MODEL,
    "runs": {"errors", "audit", "sampling", "io.atomic", "io.readers", "io.records"}
    | {"batch.assemble", "batch.job", "batch.restore", "batch.summary"},
    "report.tallies": {"batch.summary", "sampling"},
    "report.gather": {"batch.summary", "runs", "sampling", "report.tallies"},
    "report.changes": {"runs", "sampling", "report.tallies"},
    "report.marks": {"report.changes", "report.tallies"},
    "report.bundles": {"web"},
    "report.content": {"errors", "runs", "sampling", "spans", "web"}
    | {"report.bundles", "report.changes", "report.gather", "report.marks", "report.tallies"},
    "report.numbers": {"errors", "batch.config", "rules", "rules.user", "runs", "web"}
    | {"report.changes", "report.content", "report.gather", "report.tallies"},
    "report.page": {"web", "report.content"},
    "report": {"errors", "io.atomic", "runs"}
    | {"report.changes", "report.content", "report.gather", "report.numbers", "report.page"},
    "review": set(),
    "review.items": MODEL,
    "review.strata": MODEL | {"runs", "sampling", "review.items"},
    "review.precision": REVIEW | {"intervals"},
    "review.store": REVIEW | {"errors", "batch.journal", "batch.run"},
    "review.lines": {"blocks", "review.items"},
    "review.sources": {"errors", "audit", "encoding", "options", "pages", "io.files", "io.records", "review.items"},
    "review.protect": MODEL | {"io.atomic", "rules.match", "rules.user", "toml", "review.items", "review.lines"},
    "review.fixtures": MODEL | {"io.atomic", "options", "pages", "pipeline", "toml", "review.items", "review.lines"},
    "review.labels": {"audit", "io.atomic", "io.files", "review.items", "review.lines"},
    "review.exports": REVIEW
    | {"errors", "review.store", "review.sources", "review.protect", "review.fixtures", "review.labels"},
    "review.review": MODEL
    | REVIEW
    | {"rules", "spans", "review.precision", "review.store", "review.exports", "review.fixtures"},
    "review.trial": {"options", "pages", "pipeline", "spans"},
    "review.http": set(),
    "review.guard": {"review.http"},
    "review.page": {"web", "review.trial"},
    "review.app": {"errors", "review.http", "review.guard", "review.page", "review.review", "review.trial"},
    "review.server": {"errors", "review.http", "review.guard", "review.app", "review.review"},
    "review.run": REVIEW | {"errors", "runs", "review.store", "review.exports", "review.review", "review.server"},
    "terminal": MODEL
    | BATCH
    | {"batch.status", "batch.summary", "batch.supervise", "rules", "learn.job"}
    | {"templates.drift", "templates.edit", "templates.lines"},
    "engines.step": {"audit", "options", "pipeline", "batch.document", "batch.job"}
    | {"io.fields", "io.files", "io.records", "io.rows", "io.streams"},
    "engines.arrow": {"errors", "batch.document", "io.arrow", "io.columns", "io.fields", "io.records", "io.rows"}
    | {"engines.step"},
    "engines.spark": {"errors", "io.arrow", "io.extras", "io.records", "engines.step", "engines.arrow"}
    | {"learn.count", "learn.gather", "learn.job", "learn.run", "templates.merge"},
    "engines.*": {"errors", "options", "pages", "batch.config", "batch.document", "io.extras", "io.fields"}
    | {"engines.step", "engines.arrow"},
    "engines": {"io.records", "engines.step"},
}


def modules():
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        if parts == ("__init__",):
            yield "__init__", path
        else:
            yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


def place_of(name):
    if name in ALLOWED:
        return name
    return f"{name.rsplit('.', 1)[0]}.*"


def imports_of(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names = [node.module]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        yield from (name for name in names if name == "cleaner" or name.startswith("cleaner."))


@pytest.mark.parametrize(("name", "path"), list(modules()), ids=lambda value: value if isinstance(value, str) else "")
def test_imports_point_one_way(name, path):
    assert place_of(name) in ALLOWED, f"{name} has no place in the layers yet: give it one in {__file__}"
    allowed = ALLOWED[place_of(name)]
    for imported in imports_of(path):
        assert imported != "cleaner", f"{name} imports through the package root"
        target = place_of(imported.removeprefix("cleaner."))
        assert target in allowed, f"{name} may not import {imported}"


def test_the_layers_have_no_cycle():
    done, open_ = set(), []

    def visit(name):
        assert name not in open_, f"cycle: {' -> '.join([*open_, name])}"
        if name in done:
            return
        open_.append(name)
        for below in ALLOWED[name]:
            if below != name:
                visit(below)
        open_.pop()
        done.add(name)

    for name in ALLOWED:
        visit(name)


def test_second_opinions_are_imported_by_extract_alone():
    for name, path in modules():
        source = path.read_text(encoding="utf-8")
        if name != "extract":
            assert "import readability" not in source
            assert "from readability" not in source
            assert "justext.justext" not in source


def test_what_takes_long_to_load_is_loaded_when_it_is_needed():
    slow = {"numpy", "lxml", "langdetect", "dateparser", "justext", "pyarrow", "rich"}
    code = f"import sys, cleaner, cleaner.batch, cleaner.cli; print({slow} & sys.modules.keys())"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "set()\n"


def test_matrices_are_multiplied_on_one_thread_from_the_first_document_on():
    code = """
from cleaner import pipeline
real = pipeline._clean_page
pipeline._clean_page = lambda *given: (print([lib["num_threads"] for lib in pipeline._blas().info()]), real(*given))[1]
pipeline.clean("The bridge is open, the city said.")
"""
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert set(ast.literal_eval(said)) == {1}
