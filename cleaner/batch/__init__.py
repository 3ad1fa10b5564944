"""Many documents: an input in, the same tree of cleaned texts out, with the audit trail and a manifest beside it.

``docs/batch.md`` tells how a run works. ``plan`` cuts the input into tasks, ``worker`` does them, ``supervise`` watches
the workers and commits what they have done to the ``journal``, ``assemble`` puts the parts together, and ``run`` joins
all of it.
"""

from cleaner.batch.job import RECORD_FOLDER as RECORD_FOLDER
from cleaner.batch.layout import text_name as text_name
from cleaner.batch.plan import CHUNK as CHUNK
from cleaner.batch.run import Begin as Begin
from cleaner.batch.run import check_folders as check_folders
from cleaner.batch.run import run_batch as run_batch
