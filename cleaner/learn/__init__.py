"""Learn from a corpus what each site repeats.

``gather`` turns records into lines, in several processes; ``count`` counts them in one SQL statement; ``name`` says
what the words of a line are; ``run`` joins them with :mod:`cleaner.templates`.
"""
