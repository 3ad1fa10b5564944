"""The step of ``cleaner batch`` inside other engines; ``docs/engines.md`` has an example for each.

``step`` cleans a record, ``arrow`` a table of them. The other modules are named after their engines: each fits the step
to what its engine hands over, and imports the engine.
"""

from cleaner.engines.step import Step as Step
from cleaner.io.records import Keys as Keys
