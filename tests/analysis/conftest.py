"""Networks from a few lines of a spec, and the figures of a node by its name."""

from collections.abc import Callable
from textwrap import indent
from typing import Any, TypeAlias

import pytest

import cnncalc
from cnncalc.analysis import Analysis

Figures: TypeAlias = Callable[..., Analysis]


@pytest.fixture(scope="session")
def figures() -> Figures:
    """Items of `layers`, written from the first column, to the figures of a sound network."""

    def analysed(
        layers: str, *, input: str = "8x8x3", head: str = "", sound: bool = True, **options: Any
    ) -> Analysis:
        given = f"input: {input}\n" if input else ""
        text = f"cnncalc: 1\n{given}{head}layers:\n{indent(layers.strip(), '  ')}\n"
        figures_options = {name: options.pop(name) for name in ("batch", "dtype") if name in options}
        graph = cnncalc.load(text, **options)
        assert graph.ok is sound, [item.message for item in graph.diagnostics]
        return cnncalc.analyse(graph, **figures_options)

    return analysed
