"""A graph that is a chain as a pattern."""

from cnncalc.graph import Graph, build
from cnncalc.graph.inputs import channels_last
from cnncalc.layers import Layer
from cnncalc.pattern.flattening import FLATTEN, State, after, reads_features
from cnncalc.pattern.folding import ARROW, PatternPiece, folded
from cnncalc.pattern.writing import Unwritable, parts_of
from cnncalc.spec import read_spec
from cnncalc.text import from_text
from cnncalc.vocabulary.layer import Inputs

# Layers of a graph whose pattern is read back before it is given.
HELD = 20_000


class NoPattern(ValueError):
    """A graph that no pattern can say; the message says why."""


def pattern(graph: Graph) -> str:
    """The graph as a pattern, which reads back as a graph with the same layers. It must have no error.

    Names are left out: a pattern has none. Raises `NoPattern` for a graph that is no chain, or whose layers have what a
    pattern can't say.
    """
    chain = _chain(graph)
    shape = graph.nodes[0].shape
    assert shape is not None
    if channels_last(shape) is not None:
        raise NoPattern(f"an input of {shape} reads like channels first in a pattern")
    try:
        texts = list(parts_of(chain))
    except Unwritable as error:
        raise NoPattern(str(error)) from None
    parts = [PatternPiece(f"INPUT {shape}", weighted=False), *_without_flatten(chain, texts, shape.rank)]
    for text in (folded(parts), ARROW.join(part.text for part in parts)):
        if len(chain) > HELD or _same(text, chain):
            return text
    raise NoPattern("a pattern would read back as another network")


def _chain(graph: Graph) -> list[tuple[Layer, Inputs]]:
    """The layers and what each reads, one after another."""
    name = graph.spec.file
    if len(graph.inputs) != 1:
        raise NoPattern(f"{name} has {len(graph.inputs)} inputs, and a pattern has one")
    if graph.devices:
        raise NoPattern(
            f"{name} places its layers on devices ({', '.join(graph.devices)}), and a pattern has none"
        )
    if graph.histories:
        raise NoPattern(f"the input of {name} has a stride already, and a pattern can't say that")
    result = []
    for node in graph.layers:
        assert node.fit is not None
        if node.inputs != (node.index - 1,):
            reads = " and ".join(f"`{graph.nodes[position].name}`" for position in node.inputs[:3])
            what = f"{name} is no chain: `{node.name}` reads {reads}"
            raise NoPattern(f"{what}; a pattern has one layer after another")
        if node.owner != node.index:
            owner = graph.nodes[node.owner].name
            raise NoPattern(f"`{node.name}` has the weights of `{owner}`, and a pattern shares none")
        if node.opaque:
            raise NoPattern(f"`{node.name}` is an operation without a layer here")
        if node.frozen and node.fit.layer.weights(node.fit.inputs):
            raise NoPattern(f"`{node.name}` is frozen, and a pattern freezes nothing")
        result.append((node.fit.layer, node.fit.inputs))
    if graph.outputs != (len(graph.nodes) - 1,):
        raise NoPattern(f"the output of {name} is not its last layer, as a pattern's is")
    return result


def _without_flatten(chain: list[tuple[Layer, Inputs]], texts: list[str], rank: int) -> list[PatternPiece]:
    """The parts without each `flatten` that the reader puts there by itself; `flatten=false` where there is none."""
    result: list[PatternPiece] = []
    state: State = "volume" if rank else "features"
    for position, ((layer, inputs), text) in enumerate(zip(chain, texts, strict=True)):
        following = chain[position + 1][0] if position + 1 < len(chain) else None
        implied = following is not None and state == "volume" and reads_features(type(following), rank)
        if layer.key == FLATTEN and implied:
            state = "features"
            continue
        if state == "volume" and reads_features(type(layer), rank):
            text += " flatten=false"
        result.append(PatternPiece(text, bool(layer.weights(inputs))))
        fields = {name: value for name, value in vars(layer).items() if value is not None}
        state = after(type(layer), fields, state, rank)
    return result


def _same(text: str, chain: list[tuple[Layer, Inputs]]) -> bool:
    """Whether a pattern reads back as these layers: the same calls, weights and shapes."""
    read = build(read_spec(*from_text(text)), advise=False)
    if not read.ok or len(read.layers) != len(chain):
        return False
    return all(
        node.fit is not None
        and node.fit.inputs == inputs
        and type(node.fit.layer) is type(layer)
        and node.fit.layer.torch(inputs) == layer.torch(inputs)
        and node.fit.layer.weights(inputs) == layer.weights(inputs)
        and node.fit.layer.output(inputs) == layer.output(inputs)
        for node, (layer, inputs) in zip(read.layers, chain, strict=True)
    )
