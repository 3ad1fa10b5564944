"""How sure a share is that was counted in a few cases.

Wilson's score interval (Wilson, 1927, "Probable inference, the law of succession, and statistical inference", JASA 22)
holds for few cases and for shares near 0 and 1, where the usual one does not.
"""

from __future__ import annotations

from math import sqrt

Z = 1.959963984540054
"""Quantile of the normal distribution for intervals that hold in 95 of 100 cases."""


def wilson(share: float, number: float, z: float = Z) -> tuple[float, float]:
    """Wilson's score interval for a share, 0 to 1, that was seen in ``number`` cases; (0, 1) for none.

    >>> [round(bound, 3) for bound in wilson(0.9, 10)]
    [0.596, 0.982]
    """
    if number <= 0:
        return 0.0, 1.0
    middle = share + z * z / (2 * number)
    reach = z * sqrt(share * (1 - share) / number + z * z / (4 * number * number))
    whole = 1 + z * z / number
    return max(0.0, (middle - reach) / whole), min(1.0, (middle + reach) / whole)
