"""Checks for the tests of a project that keeps the spec of its network beside the code."""

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from cnncalc.api import load
from cnncalc.diagnostic import Diagnostic

if TYPE_CHECKING:
    from torch import nn

    from cnncalc.graph.other_input import Asked

__all__ = ["assert_matches"]

# Characters of a line in the message.
WIDTH = 100


def assert_matches(
    model: "nn.Module",
    spec: "str | os.PathLike[str] | Mapping[str, Any]",
    *,
    mode: str = "inference",
    values: Mapping[str, Any] | None = None,
    input: "Asked | None" = None,
) -> None:
    """Assert that a PyTorch model is the network of a spec: a file, the name of a shipped spec, its text, or a dict.

    Compared are the inputs and outputs, every layer with its fields (widths, kernels, strides, ...), what each layer
    reads, and which layers share weights. Names of layers, and how the spec is written, make no difference. The model
    runs once, with the spec's input, or `input`, and does not change. `mode`, `values` and `input` are as in
    `cnncalc.load`.

    Raises `AssertionError` with the differences, as `cnncalc diff` prints them, and with the model's error if it does
    not run with this input.
    """
    from cnncalc.pytorch import require

    require()
    from cnncalc.pytorch.capture import Failed
    from cnncalc.pytorch.lock import Incomparable, compare_module

    __tracebackhide__ = True
    graph = load(spec, mode=mode, values=values, input=input)
    name = type(model).__name__
    try:
        result = compare_module(model, graph, name=name)
    except Incomparable as error:
        raise AssertionError(_with_errors(str(error), error.diagnostics)) from None
    except (Failed, RuntimeError) as error:
        shapes = ", ".join(str(node.shape) for node in graph.inputs)
        raise AssertionError(f"{name} does not run with an input of {shapes}: {error}") from error
    if not result.ok:
        from cnncalc.render.comparison import ComparisonPage
        from cnncalc.render.comparison.text import render

        changes = "".join(render(result.comparison, (), ComparisonPage(width=WIDTH)))
        raise AssertionError(f"{name} is no longer the network of {graph.spec.file}\n\n{changes}")


def _with_errors(message: str, diagnostics: tuple[Diagnostic, ...]) -> str:
    places = [f"{item.span.file}:{item.span.line}: {item.code} {item.message}" for item in diagnostics]
    return "\n".join((message, *places))
