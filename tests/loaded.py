"""Loads what cleaning needs, once, for a process from which others fork."""

import cleaner
from cleaner import report  # noqa: F401
from cleaner.batch import run, worker  # noqa: F401

cleaner.clean("The bridge is open, the city said on Monday.\n\nAdvertisement\n")
cleaner.clean("<html><body><p>The bridge is open, the city said on Monday.</p></body></html>")
