"""What sites repeat: the lines that one learns from their pages, in files that people can read, edit and approve.

``lines`` holds the values, ``files`` reads and writes them (``parquet_file``, ``toml_file``), ``lookup`` finds a site's
lines while cleaning, ``judge`` says which lines are template and which may be news, ``merge`` brings new counts into an
old file, ``drift`` tells whose template has changed, and ``edit`` what people changed. :mod:`cleaner.learn` does the
counting. ``docs/templates.md`` tells how all of it is used.
"""
