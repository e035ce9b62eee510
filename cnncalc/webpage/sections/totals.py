"""The input and the totals of a network, and what is said about them."""

from collections.abc import Iterator

from cnncalc.analysis.summary import sentences
from cnncalc.exact import counted
from cnncalc.render.claims import claim_lines
from cnncalc.render.figures import UNKNOWN, exact, receptive, size
from cnncalc.render.memory.words import describe_setup
from cnncalc.render.report.totals import named_totals
from cnncalc.report import Report
from cnncalc.webpage.markup import items, plain, tag
from cnncalc.webpage.section import PageSection, ReportedNetwork


def section(network: ReportedNetwork) -> PageSection:
    """The totals as `inspect` has them, each with how exact it is."""
    pairs = [tag("dt", plain(name)) + tag("dd", plain(text)) for name, text in lines(network)]
    said = [f"{sentence}." for sentence in sentences(network.analysis)] if network.graph.layers else []
    said += [f"{line}." for line in claim_lines(network.analysis)]
    origin = network.graph.spec.origin
    return PageSection(
        "totals",
        "Totals",
        (tag("p", plain(origin), class_="quiet") if origin else "")
        + tag("dl", *pairs, class_="totals")
        + items(map(plain, said), class_="said"),
    )


def lines(network: ReportedNetwork) -> Iterator[tuple[str, str]]:
    """Each total with its name."""
    graph = network.graph
    for node in graph.inputs:
        yield (
            node.name,
            f"{node.shape or UNKNOWN}" + (f" = {exact(node.shape.size)} values" if node.shape else ""),
        )
    if not graph.layers:
        yield "layers", "none" if graph.complete else UNKNOWN
        return
    yield from named_totals(Report(network.analysis))
    yield "receptive field", _field(network)
    yield "memory", memory(network)


def _field(network: ReportedNetwork) -> str:
    """The field of the last layer that has more than one position."""
    analysis = network.analysis
    volumes = [node for node in network.graph.layers if node.shape is None or node.shape.positions > 1]
    if not volumes:
        return "no layer has more than one position"
    last = volumes[-1]
    inexact = analysis.field_exactness[last.index]
    words = receptive(analysis.receptive_fields[last.index], inexact)
    unit = "" if words in (UNKNOWN, "all", "") else " pixels"
    cause = (
        f", because of {inexact.layer}"
        if inexact is not None and inexact.layer not in (None, last.name)
        else ""
    )
    return f"{words or UNKNOWN}{unit} at {last.name}, the last layer with more than one position{cause}"


def memory(network: ReportedNetwork) -> str:
    """The peak of the run, with its setup."""
    if network.estimate is None:
        return f"{UNKNOWN} (not known where shapes are unknown, or PyTorch refuses to run it)"
    peak = size(network.estimate.peak(network.batch).nbytes)
    return f"{peak} at the peak {memory_run(network)}, exact for PyTorch's tensors"


def memory_run(network: ReportedNetwork) -> str:
    """The run that the memory is of: `with 32 images (training, float32, sgd)`; empty where it is not known."""
    if network.estimate is None:
        return ""
    setup = ", ".join(describe_setup(network.estimate.setup, network.graph))
    return f"with {counted(network.batch, 'image')} ({setup})"
