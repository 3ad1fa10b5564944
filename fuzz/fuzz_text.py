"""Fuzz the cleaning of plain texts: ``python -m fuzz.fuzz_text``."""

import atheris

with atheris.instrument_imports(include=["cleaner"]):
    from fuzz.run import fuzz

if __name__ == "__main__":
    fuzz("text", lambda _, line: line)
