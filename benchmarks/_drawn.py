"""A picture of a graph whose figures are known, timed from within: `python -m benchmarks._drawn SPEC`. Prints seconds.

With `--all` each layer is a box of its own.
"""

import gc
import sys
from time import perf_counter

import cnncalc
from cnncalc.drawing import DrawingOptions, draw


def seconds(spec: str, *, every: bool) -> float:
    """What a picture takes after another one was drawn, so that all modules are loaded."""
    draw("graph", cnncalc.analyse(cnncalc.load("lenet5")), DrawingOptions())
    figures = cnncalc.analyse(cnncalc.load(spec))
    assert figures.totals
    assert figures.receptive_fields
    # As the command line does it.
    gc.disable()
    start = perf_counter()
    draw("graph", figures, DrawingOptions(every=every))
    return perf_counter() - start


if __name__ == "__main__":
    print(seconds(sys.argv[1], every="--all" in sys.argv))
