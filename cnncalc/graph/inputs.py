"""The start of a network: the values of its parameters, and the shapes of its inputs."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from cnncalc.diagnostic import Diagnostic, Edit, Fix, Note, Span
from cnncalc.graph.dollar_names import readable
from cnncalc.graph.expect import bad_shape
from cnncalc.graph.findings import GraphFindings
from cnncalc.graph.model import Graph, Replaced
from cnncalc.graph.node import Node
from cnncalc.shape import Shape
from cnncalc.spec import NOTHING, UNREADABLE, BadShape, Spec, UnreadableValue, ValueExpr, read_shape
from cnncalc.spec import faults as language
from cnncalc.text import ExpressionError

NotesOn: TypeAlias = Callable[[ValueExpr], Iterable[Note]]
"""The notes on a value of a spec."""


def no_notes(value: ValueExpr) -> tuple[Note, ...]:
    """Nothing is to be said about any value."""
    return ()


def network_values(
    spec: Spec, values: Mapping[str, Any], findings: GraphFindings, notes: NotesOn = no_notes
) -> dict[str, Any]:
    """The value of every parameter of the network: the given one, else its default, in the order of the spec.

    `notes` has what is to be said about a value that can't be read.
    """
    known: dict[str, Any] = {}
    for name, parameter in spec.parameters.items():
        if name in values:
            known[name] = values[name]
        elif parameter.default is not None:
            try:
                known[name] = parameter.default.evaluate(lambda word: readable(known[word]))
                continue
            except ExpressionError as error:
                fault = language.BAD_ARITHMETIC.at(parameter.default.span, error.message, help=error.help)
                findings.add(fault.with_notes(*notes(parameter.default)), None, None)
            except UnreadableValue:
                pass
            known[name] = UNREADABLE
    return known


def given_values(graph: Graph) -> dict[str, Any]:
    """The values of parameters that differ from the spec's own: those that were given from outside."""
    own = network_values(graph.spec, NOTHING, GraphFindings(strict=False))
    return {name: value for name, value in graph.values.items() if name not in own or own[name] != value}


def input_shape(
    given: ValueExpr, parameters: Mapping[str, Any], findings: GraphFindings, notes: NotesOn = no_notes
) -> Shape | None:
    """The shape of one input; None if it can't be read, which is reported with `notes` on its value."""
    try:
        value = given.evaluate(lambda word: readable(parameters[word]))
    except UnreadableValue:
        return None
    except ExpressionError as error:
        fault = language.BAD_ARITHMETIC.at(given.span, error.message, help=error.help)
        findings.add(fault.with_notes(*notes(given)), None, None)
        return None
    shape = read_shape(value)
    if isinstance(shape, BadShape):
        findings.add(bad_shape(shape, given).with_notes(*notes(given)), None, None)
        return None
    if isinstance(value, str) and (swapped := channels_last(shape)) is not None:
        findings.add(_channels_first(given.span, shape, swapped), None, None)
        return swapped
    return shape


def channels_last(shape: Shape) -> Shape | None:
    """The likely shape, if a text looks like channels x height x width."""
    if shape.rank == 2:
        channels, side = shape.spatial
        if channels in (1, 3, 4) and side == shape.channels and side > 4:
            return Shape(channels, (side, side))
    return None


def channels_first_words(shape: Shape, swapped: Shape) -> tuple[str, str]:
    """The message, and the help, for a text that reads like channels x height x width."""
    height, width = shape.spatial
    return (
        f"`{shape}` is height {height}, width {width} and {shape.channels} channels: it looks like channels first",
        f"write `{swapped}`; if it is right, write `{{height: {height}, width: {width}, channels: {shape.channels}}}`",
    )


def _channels_first(span: Span, shape: Shape, swapped: Shape) -> Diagnostic:
    message, help = channels_first_words(shape, swapped)
    fixes = [Fix(f"write {swapped}", (Edit(span, str(swapped)),))]
    from cnncalc.graph.faults import CHANNELS_FIRST_INPUT

    return CHANNELS_FIRST_INPUT.at(span, message, help=help, fixes=fixes)


def own_shapes(spec: Spec, values: Mapping[str, Any]) -> dict[str, Shape | None]:
    """The shape of every input; None if it can't be read. Nothing is reported."""
    unreported = GraphFindings(strict=False)
    parameters = network_values(spec, values, unreported)
    return {name: input_shape(given, parameters, unreported) for name, given in spec.inputs.items()}


def replaced_inputs(
    spec: Spec, parameters: Mapping[str, Any], inputs: Sequence[Node]
) -> tuple[Replaced, ...]:
    """The inputs whose shapes differ from those that the layers were written for."""
    unreported = GraphFindings(strict=False)
    shapes = {node.name: node.shape for node in inputs}
    own = {name: input_shape(given, parameters, unreported) for name, given in spec.written_for.items()}
    return tuple(
        Replaced(name, shape, shapes[name])
        for name, shape in own.items()
        if name in shapes and shape != shapes[name]
    )
