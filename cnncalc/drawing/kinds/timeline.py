"""Memory over a step or a prediction, stacked by what it is for, with the peak and the largest tensors at it."""

from collections.abc import Iterator

from cnncalc.analysis import Analysis
from cnncalc.drawing.options import DrawingOptions
from cnncalc.drawing.svg import document, element, shortened, text, text_width
from cnncalc.drawing.timeline import HEIGHT, HUE_OF, WIDTH, State, chart, states
from cnncalc.exact import counted
from cnncalc.graph import Graph
from cnncalc.memory import Estimate, Replay
from cnncalc.memory.allocated import HeldTensor
from cnncalc.render.figures import size
from cnncalc.render.memory.words import CATEGORY_WORDS, describe_setup

# Tensors that are named, and the room for them.
LARGEST, NAMES, LINE = 12, 380.0, 17.0
AXIS, TOP, GAP = 78.0, 96.0, 34.0


def draw(analysis: Analysis, options: DrawingOptions) -> str:
    """The memory of `options.estimate`, which must be known."""
    estimate = options.estimate
    assert estimate is not None, "memory over time needs a run whose memory is known"
    graph = analysis.graph
    replay = estimate.replay(options.batch)
    moments = states(replay)
    name, about = (
        graph.title,
        " · ".join((*describe_setup(estimate.setup, graph), _images(estimate, options.batch))),
    )
    peak = f"at the peak {size(replay.peak.nbytes)} of tensors"
    if (reserved := estimate.reserved(options.batch)) is not None:
        peak += f"; PyTorch reserves {size(reserved.reserved)}"
    body = [text(0, 16, name, "h"), text(0, 36, about, "q"), text(0, 54, peak, "q")]
    body += chart(moments, [_at_work(graph, moment) for moment in moments], AXIS, TOP)
    body += _beside(graph, replay, AXIS + WIDTH + GAP)
    listed = len(replay.breakdown()) + min(LARGEST, len(replay.alive))
    height = max(TOP + HEIGHT + 24, TOP + 40 + LINE * listed)
    width = max(AXIS + WIDTH + GAP + NAMES, text_width(about, 11))
    return document(name, f"memory over time: {about}; {peak}", width, height, body, in_page=options.in_page)


def _images(estimate: Estimate, batch: int) -> str:
    words = counted(batch, "image")
    device = estimate.device(batch)
    return words if device is None else f"{words}, on {device}"


def _at_work(graph: Graph, moment: State) -> str:
    return moment.phase if moment.node is None else f"{moment.phase}, {graph.nodes[moment.node].name}"


def _beside(graph: Graph, replay: Replay, x: float) -> Iterator[str]:
    """The categories with their bytes at the peak, and the largest tensors."""
    y = TOP + 4
    yield text(x, y, "at the peak", "t")
    for category, nbytes in sorted(replay.breakdown().items(), key=lambda pair: -pair[1]):
        y += LINE
        yield from _entry(x, y, category, CATEGORY_WORDS[category], nbytes)
    y += 28
    yield text(x, y, "the largest tensors of it", "t")
    largest = replay.alive[:LARGEST]
    names = [_name(graph, alive.tensor) for alive in largest]
    categories: dict[str, set[str]] = {}
    for alive, name in zip(largest, names, strict=True):
        categories.setdefault(name, set()).add(alive.tensor.category)
    for alive, name in zip(largest, names, strict=True):
        y += LINE
        category = alive.tensor.category
        # A weight and its gradient have one name.
        shared = len(categories[name]) > 1
        words = f"{name}, {CATEGORY_WORDS[category]}" if shared else name
        yield from _entry(x, y, category, words, alive.nbytes)


def _name(graph: Graph, tensor: HeldTensor) -> str:
    """`conv1 output`; of an input only its name."""
    layer = "" if tensor.node is None else graph.nodes[tensor.node].name
    words = [layer] if layer == tensor.name else [layer, tensor.name]
    copies = f" ×{tensor.copies}" if tensor.copies > 1 else ""
    return " ".join(filter(None, words)) + copies


def _entry(x: float, y: float, category: str, words: str, nbytes: int) -> Iterator[str]:
    yield element("rect", class_=HUE_OF[category], x=x, y=y - 9, width=11.0, height=11.0, rx=2.0)
    figure = size(nbytes)
    yield text(x + 17, y, f"{shortened(words, NAMES - 30 - text_width(figure, 11), 11)} {figure}", "")
