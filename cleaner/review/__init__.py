"""The review of a run: a sample of what was removed and of what was spared, shown one by one in the browser.

``strata`` draws the sample, ``store`` keeps it and every verdict in one file, ``review`` is the review under way,
``app`` answers the browser and ``server`` listens for it. ``precision`` says what the verdicts tell of rules and
categories; ``protect``, ``fixtures`` and ``labels`` make of them rules, tests and training data. ``docs/review.md``
tells how to use it.
"""
