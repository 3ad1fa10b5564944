"""Readers and writers of files. Knows nothing of cleaning: ``batch`` and the command line join the two."""
