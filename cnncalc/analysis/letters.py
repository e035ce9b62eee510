"""What a letter in a formula stands for: a parameter of the spec, a count of channels, or a side."""

from collections.abc import Callable, Sequence
from typing import Any

from cnncalc.analysis.resized import filters_field, resized
from cnncalc.analysis.symbols import MOST_LETTERS, Formulas, NoFormula, formulas
from cnncalc.graph import BoundLayer, Graph, Node, build
from cnncalc.record import NamedTuple
from cnncalc.shape import AXES, Shape

# Which layers of a graph figures are of; None where the graph does not have them.
Scope = Callable[[Graph], "Sequence[Node] | None"]
CHANNELS, FILTERS = "C", "K"


class UnknownLetter(ValueError):
    """A letter that stands for nothing here: the message says which there are."""


class Letter(NamedTuple):
    """A letter: its value in the network, and what it is. `axes` are those of a side; `parameter`: of the spec."""

    name: str
    value: int
    what: str
    axes: tuple[int, ...] = ()
    parameter: bool = False


def letters_of(graph: Graph, nodes: Sequence[Node]) -> dict[str, Letter]:
    """Every letter that there is: the spec's parameters that are whole numbers, then C, K and the sides."""
    letters = {
        name: Letter(name, value, "a parameter of the spec", parameter=True)
        for name, value in graph.values.items()
        if isinstance(value, int) and not isinstance(value, bool)
    }
    volume = _entering(graph, nodes)
    if volume is None:
        return letters
    letters.setdefault(
        CHANNELS,
        Letter(CHANNELS, volume.channels, "the channels that enter, and every other count that is equal"),
    )
    count = _filters(nodes)
    if count is not None and count != volume.channels:
        letters.setdefault(FILTERS, Letter(FILTERS, count, "the filters or units"))
    for axis, name in enumerate(AXES[volume.rank]):
        letters.setdefault(
            name[0].upper(), Letter(name[0].upper(), volume.spatial[axis], f"the {name}", (axis,))
        )
    return letters


def _filters(nodes: Sequence[Node]) -> int | None:
    """The filters of a layer that is alone."""
    if len(nodes) != 1 or (fit := nodes[0].fit) is None:
        return None
    name = filters_field(fit.layer, fit.inputs)
    return None if name is None else getattr(fit.layer, name)


def _entering(graph: Graph, nodes: Sequence[Node]) -> Shape | None:
    """The first shape that enters."""
    inside = {node.index for node in nodes}
    for node in nodes:
        if node.is_input:
            return node.shape
        for index in node.inputs:
            if index not in inside:
                return graph.nodes[index].shape
    return None


def chosen(graph: Graph, nodes: Sequence[Node], names: Sequence[str]) -> list[Letter]:
    """The letters of these names. Raises `UnknownLetter`."""
    known = letters_of(graph, nodes)
    if len(names) > MOST_LETTERS:
        raise UnknownLetter(f"there are {len(names)} letters, and at most {MOST_LETTERS}: {', '.join(names)}")
    for name in names:
        if name not in known:
            raise UnknownLetter(f"{name!r} is no letter here: {', '.join(known) or 'there is none'}")
    letters = [known[name] for name in dict.fromkeys(names)]
    volume, sides = _entering(graph, nodes), [letter for letter in letters if letter.axes]
    if volume is not None and len(sides) == 1 and set(volume.spatial) == {sides[0].value}:
        # One letter for the sides of a square.
        square = sides[0]._replace(axes=tuple(range(volume.rank)), what="every side")
        letters = [square if letter is sides[0] else letter for letter in letters]
    return letters


def in_letters(graph: Graph, scope: Scope, letters: Sequence[Letter]) -> Formulas:
    """The figures of some layers as formulas. Raises `NoFormula`."""

    def evaluate(values: tuple[int, ...]) -> dict[str, int] | None:
        value_of = dict(zip((letter.name for letter in letters), values, strict=True))
        return _figures_at(graph, scope, letters, value_of)

    return formulas([letter.name for letter in letters], [letter.value for letter in letters], evaluate)


def usual(graph: Graph, nodes: Sequence[Node], scope: Scope) -> list[Letter]:
    """The letters where none is asked for: the spec's first parameters that have a formula here, else C."""
    own = [letter for letter in letters_of(graph, nodes).values() if letter.parameter]
    varying = [letter for letter in own if _matters(graph, scope, letter)][:MOST_LETTERS]
    return varying or chosen(graph, nodes, [CHANNELS])


def _matters(graph: Graph, scope: Scope, letter: Letter) -> bool:
    """Whether figures change with a letter, as polynomials in it."""
    try:
        own_formulas = in_letters(graph, scope, [letter])
    except NoFormula:
        return False
    return any(
        any(any(powers) for powers in polynomial.terms) for polynomial in own_formulas.polynomials.values()
    )


def _figures_at(
    graph: Graph, scope: Scope, letters: Sequence[Letter], given: dict[str, int]
) -> dict[str, int] | None:
    parameters = {letter.name: given[letter.name] for letter in letters if letter.parameter}
    if parameters != {letter.name: letter.value for letter in letters if letter.parameter}:
        values: dict[str, Any] = {**graph.values, **parameters}
        graph = build(graph.spec, mode=graph.mode, values=values, strict=graph.strict, advise=False)
    nodes = scope(graph)
    # A size that `expect` states is that of the own values.
    if not nodes or not graph.whole:
        return None
    volume, count = _entering(graph, nodes), _filters(nodes)
    channels: dict[int, int] = {}
    sides: dict[int, int] = {}
    for letter in letters:
        if letter.parameter or volume is None:
            continue
        if letter.axes:
            sides |= dict.fromkeys(letter.axes, given[letter.name])
        elif letter.name == FILTERS and count is not None:
            channels[count] = given[letter.name]
        else:
            channels[volume.channels] = given[letter.name]
    fits = resized(graph, nodes, channels, sides)
    return None if fits is None else _figures(graph, nodes, fits)


def _figures(graph: Graph, nodes: Sequence[Node], fits: dict[int, BoundLayer]) -> dict[str, int]:
    """Weights, parameters and MACs of layers together, and the shape that the last one gives."""
    sums = {"weights": 0, "parameters": 0, "MACs": 0}
    for node in nodes:
        if (fit := fits.get(node.index)) is None:
            continue
        weights = fit.layer.weights(fit.inputs) if node.owner == node.index else ()
        sums["weights"] += sum(weight.size for weight in weights if not weight.is_bias)
        sums["parameters"] += sum(weight.size for weight in weights)
        sums["MACs"] += fit.layer.work(fit.inputs).macs
    last = fits[nodes[-1].index].output if nodes[-1].index in fits else nodes[-1].shape
    assert last is not None
    return {**sums, "output": last.size, **last.asdict()}
