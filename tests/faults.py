"""A cleaning step that goes wrong where a document says so, and a command that runs it: for ``test_faults``.

It is quick to load, because workers are killed often there, and small segments give a kill more places to hit.
"""

import argparse
import os
import resource
import signal
import sys
import time
from pathlib import Path

from cleaner.batch import segments, supervise, worker
from cleaner.batch.job import Job, Limits
from cleaner.batch.run import Begin, Watcher, run
from cleaner.blocks import text_document
from cleaner.errors import CleanerError, StoppedError, UsageError
from cleaner.io.files import READERS
from cleaner.model import Category, CleanResult, Removal

segments.SEGMENT_DOCUMENTS = 7
worker.RETIRE_AFTER = 40
supervise.SHARED_BYTES, supervise.FIRST_SLICE, supervise.SLICE = 0, 2, 10


def deadly(read):
    """A reader that dies of a record, or hangs on it, where that says so and a file is there."""

    def read_to_death(*args, **more):
        for entry in read(*args, **more):
            words = str(getattr(entry, "raw", "")).split()
            if words[:1] in (["DEADLY"], ["ENDLESS"]) and Path(words[1]).exists():
                time.sleep(3600) if words[0] == "ENDLESS" else os.kill(os.getpid(), signal.SIGSEGV)
            yield entry

    return read_to_death


READERS["jsonl"] = deadly(READERS["jsonl"])


def clean(page, _, language):
    raw = page.raw if isinstance(page.raw, str) else page.raw.decode("latin-1")
    time.sleep(0.002)
    if "CRASH" in raw:
        os.kill(os.getpid(), signal.SIGSEGV)
    if "CHANCE" in raw and Path(raw.split()[1]).exists():
        Path(raw.split()[1]).unlink()
        os.kill(os.getpid(), signal.SIGKILL)
    if "HANG" in raw:
        time.sleep(3600)
    if "HOG" in raw:
        held = []
        while True:
            held.append(bytearray(b"x") * (16 << 20))
    document = text_document(raw, language or "en", {})
    cut = Removal(0, 1, raw[:1], Category.OTHER, "other.any.test", "a test", 1.0)
    return CleanResult(document, raw[1:], (cut,) if raw else (), (), frozenset(), None, None, None)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("input")
    parser.add_argument("output", type=Path)
    parser.add_argument("--resume", action="store_true")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--memory", type=int, default=1024)
    parser.add_argument("--largest-file", type=int, help="bytes; stands for a disk that is full")
    given = parser.parse_args()
    if given.largest_file is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (given.largest_file, resource.RLIM_INFINITY))
    job = Job(given.input, given.output, limits=Limits(given.seconds, given.memory), step="tests.faults:clean")
    try:
        summary = run(
            job, given.workers, Begin(resume=given.resume), Watcher(say=lambda line: print(line, file=sys.stderr))
        )
    except StoppedError as error:
        print(error, file=sys.stderr)
        return 130
    except UsageError as error:
        print(error, file=sys.stderr)
        return 2
    except CleanerError as error:
        print(error, file=sys.stderr)
        return 1
    return 1 if summary.failed else 0


if __name__ == "__main__":
    sys.exit(main())
