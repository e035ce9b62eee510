"""Activations that exporters write as several operations, recognised by what they compute.

For each layer that is a function of each value, its values at some points are kept, as a function of the layers before
it. Where they are those of a known activation, that activation takes the place of the operations.
"""

from collections.abc import Callable
from functools import cache
from math import erf, pi, sqrt
from typing import Any

# Layers back to which functions are followed.
DEEPEST = 8
# How far values may be from those of the activation: constants are written in float32.
NEAR = 2e-5


@cache
def points() -> Any:
    """Where functions are compared."""
    import numpy

    return numpy.concatenate([numpy.linspace(-9, 9, 73), numpy.array([-0.31, 0.77, 2.13])])


@cache
def curves() -> tuple[tuple[str, dict[str, Any], Any], ...]:
    """Each activation that is recognised: its type, its fields, and its values at the points."""
    import numpy

    x = points()
    sigmoid = 1 / (1 + numpy.exp(-x))
    normal = numpy.array([(1 + erf(value / sqrt(2))) / 2 for value in x])
    hard = numpy.clip(x + 3, 0, 6) / 6
    inner = numpy.tanh(sqrt(2 / pi) * (x + 0.044715 * x**3))
    return (
        ("silu", {}, x * sigmoid),
        ("gelu", {}, x * normal),
        ("gelu", {"approximate": "tanh"}, x * (1 + inner) / 2),
        ("mish", {}, x * numpy.tanh(numpy.log1p(numpy.exp(x)))),
        ("hardswish", {}, x * hard),
        ("hardsigmoid", {}, hard),
        ("softplus", {}, numpy.log1p(numpy.exp(x))),
        ("relu6", {}, numpy.clip(x, 0, 6)),
    )


def recognised(values: Any) -> tuple[str, dict[str, Any]] | None:
    """The activation that has these values at the points."""
    import numpy

    for type_, fields, curve in curves():
        if numpy.allclose(values, curve, rtol=NEAR, atol=NEAR):
            return type_, fields
    return None


class Curves:
    """The values of each layer at the points, by the layer whose output the points are."""

    def __init__(self) -> None:
        self._known: dict[str, dict[str, Any]] = {}

    def of(self, node: str) -> dict[str, Any]:
        """The values of a layer as a function of each layer before it, and of itself."""
        return {**self._known.get(node, {}), node: points()}

    def keep(self, node: str, values: dict[str, Any]) -> None:
        """Keeps the values of a new layer; those of the layers nearest to it."""
        self._known[node] = dict(list(values.items())[-DEEPEST:])

    def after(self, before: "list[dict[str, Any] | float]", function: Callable[..., Any]) -> dict[str, Any]:
        """The values of a function of layers and numbers, for each layer that all of them are functions of."""
        import numpy

        tables = [item for item in before if isinstance(item, dict)]
        roots = [root for root in tables[0] if all(root in table for table in tables)]
        with numpy.errstate(all="ignore"):
            return {
                root: function(*(item[root] if isinstance(item, dict) else item for item in before))
                for root in roots
            }
