"""The page of one layer over one input, without a spec: the layer is made, bound and shown."""

from collections.abc import Mapping, Sequence
from typing import Any

import click

from cnncalc.analysis.layer_facts import BadPlace, LayerFacts, Place
from cnncalc.commands._format import FormatOutput, format_for
from cnncalc.commands._layer_options import places_of
from cnncalc.commands._run import CLEAN, FINDINGS
from cnncalc.diagnostic import Severity
from cnncalc.graph import BoundLayer, Node
from cnncalc.layers import Layer, Problem, layer_type, stated
from cnncalc.render.layer_facts import LayerPage
from cnncalc.shape import Shape
from cnncalc.vocabulary.values import Mapped


def make_layer(key: str, fields: Mapping[str, Any]) -> Layer:
    """The layer of these fields; those that are None are left out. One that it does not have is a usage error."""
    kind = layer_type(key)
    given = {name: value for name, value in fields.items() if value is not None}
    for name in given:
        if name not in stated(kind):
            raise click.UsageError(f"{key} has no {name}: leave `--{name}` out.")
    return kind(**given)


def show_layer(
    layer: Layer,
    shape: Shape,
    *,
    before: Sequence[Problem] = (),
    note: str = "",
    places: tuple[Place, ...],
    batch: int,
    dtype: str,
    format: str,
    letters: tuple[str, ...] | None = None,
    strict: bool = False,
) -> int:
    """Write the page of a layer over an input, and what is wrong with the two; the exit status."""
    fit = BoundLayer(layer, (shape,))
    problems = (*before, *fit.problems)
    facts = None
    if fit.output is not None:
        asked = places_of(places, fit.output.rank)
        facts = LayerFacts(fit, batch=batch, dtype=dtype, places=asked)
        require_places(facts)
    title = (
        f"{layer.label((shape,))} over {shape}{note}"
        if fit.output is not None
        else f"{layer.key} over {shape}{note}"
    )
    if letters is not None and facts is not None and not any(item.doubtful for item in fit.problems):
        _show_formulas(layer, shape, title, letters, format)
        return CLEAN
    renderer = format_for(format, "layer_facts")
    output = FormatOutput(renderer)
    output.write(renderer.layer_facts(LayerPage(facts, title, problems, strict, output.width)))
    findings = any((item.severity or item.fault.severity) >= Severity.WARNING for item in problems)
    remainder = strict and facts is not None and any(position.remainder for position in facts.windows)
    return FINDINGS if findings or remainder else CLEAN


def _show_formulas(layer: Layer, shape: Shape, title: str, letters: tuple[str, ...], format: str) -> None:
    """The figures of the layer in letters: of a network that has no other layer."""
    from cnncalc.api import load
    from cnncalc.commands._symbols import show_formulas

    fields = {
        name: value.asdict() if isinstance(value, Mapped) else value
        for name in stated(type(layer))
        if (value := getattr(layer, name)) is not None
    }
    graph = load({"cnncalc": 1, "input": shape.asdict(), "layers": [{layer.key: fields}]})
    if not graph.nodes:
        raise click.UsageError(
            "--symbols takes sizes of at most 18 digits: flattened, the input has more values"
        )
    show_formulas(graph, graph.nodes[-1], letters, format, title)


def places_in(result: object, places: tuple[Place, ...]) -> tuple[Place, ...]:
    """The positions of `--at` in the output of a layer of a spec; one that it does not have is a usage error."""
    if not isinstance(result, Node) or result.fit is None or result.fit.output is None:
        raise click.BadParameter("it is for a layer whose output is known.", param_hint="--at")
    asked = places_of(places, result.fit.output.rank)
    require_places(LayerFacts(result.fit, places=asked))
    return asked


def require_places(facts: LayerFacts) -> None:
    """Hold the positions of `--at` against the output; one that it does not have is a usage error."""
    if facts.places and not facts.tells_reads:
        raise click.BadParameter(f"what a value of {facts.layer.key} reads has no slice.", param_hint="--at")
    try:
        assert len(facts.reads) == len(facts.places)
    except BadPlace as error:
        raise click.BadParameter(f"{error}.", param_hint="--at") from None


def sound_shape(given: tuple[Shape, bool], layer: Layer | None = None) -> tuple[Shape, tuple[Problem, ...]]:
    """The shape that is meant, and what is wrong with it where it is written as a text (see `ShapeValue`).

    It may be channels first, or an image without its channels, where the `layer` takes one.
    """
    from cnncalc.graph.faults import CHANNELS_FIRST_INPUT
    from cnncalc.graph.inputs import channels_first_words, channels_last

    shape, written = given
    swapped = channels_last(shape) if written else None
    if swapped is None:
        return shape, _without_channels(shape, layer) if written and layer is not None else ()
    message, help = channels_first_words(shape, swapped)
    return swapped, (Problem(CHANNELS_FIRST_INPUT, message, help=help),)


def _without_channels(shape: Shape, layer: Layer) -> tuple[Problem, ...]:
    """A warning for `224x224`, which is a sequence, by the rules for the input of a spec."""
    from cnncalc.graph.faults import IMAGE_WITHOUT_CHANNELS
    from cnncalc.graph.images import CHANNELS, SMALLEST, words

    if shape.rank != 1 or min(height := shape.spatial[0], width := shape.channels) < SMALLEST:
        return ()
    if height != width and BoundLayer(layer, (shape,)).output is not None:
        return ()
    images = [
        count for count in CHANNELS if BoundLayer(layer, (Shape(count, (height, width)),)).output is not None
    ]
    if not images:
        return ()
    message, help = words(height, width, images)
    return (Problem(IMAGE_WITHOUT_CHANNELS, message, help=help),)
