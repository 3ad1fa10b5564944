"""What the tests of all engines share: some rows, good and bad, and a step that is not the default."""

import os

from benchmarks.engines import QUIET
from cleaner.engines import Step
from tests.test_batch import DOCUMENT, PAGE, STORY

os.environ.update(QUIET)

ROWS = [
    {"id": "a", "url": "https://e.example/a", "html": None, "text": DOCUMENT, "tags": ["x", "y"], "n": 1},
    {"id": "b", "url": None, "html": PAGE, "text": None, "tags": [], "n": 2},
    {"id": "c", "url": None, "html": None, "text": None, "tags": None, "n": 3},
    {"id": None, "url": None, "html": "", "text": STORY, "tags": ["z"], "n": None},
]
WHY = "its field 'text' holds null and no text"

# A step that got lost on its way to a worker would show.
STEP = Step(audit=True, language="de")
