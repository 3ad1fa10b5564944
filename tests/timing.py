"""How long work takes, for tests that ask whether it grows with the square of its input."""

import gc
import time


def least_seconds(work, enough, tries=4):
    """Processor seconds of this process: the first run of ``work`` below ``enough``, or the least of all ``tries``.

    A machine that does other things slows one run or another; what takes the square of its length is slow in each. The
    collector is off meanwhile, as it goes through all that the tests before have left.
    """
    gc.disable()
    try:
        least = float("inf")
        for _ in range(tries):
            started = time.process_time()
            work()
            least = min(least, time.process_time() - started)
            if least < enough:
                break
        return least
    finally:
        gc.enable()
