"""The memory of a run: the peak, what it is of, and the batches and set-ups that a reader may choose."""

from collections.abc import Iterator

from cnncalc.exact import counted, grouped
from cnncalc.memory import Estimate
from cnncalc.memory.report import unknown
from cnncalc.render.figures import size
from cnncalc.render.memory.words import describe_moment, describe_setup
from cnncalc.webpage.markup import plain, tag
from cnncalc.webpage.memory import computed_batches, picture, script_data, table
from cnncalc.webpage.section import PageSection, ReportedNetwork

ABOUT = (
    "Allocated is what tensors take, each in whole blocks of {rounding} bytes; reserved is what PyTorch's allocator "
    "takes from the device for them."
)
SUMMARY, RESERVES = "Batches that were computed", ", with what PyTorch's allocator reserves"


def section(network: ReportedNetwork) -> PageSection | None:
    """The run that was asked for comes first; None where no memory is known."""
    runs = network.runs or (() if network.estimate is None else (network.estimate,))
    if not runs:
        return None
    batch = network.batch
    computed = computed_batches(runs, batch)
    html = [
        tag("figure", *_asked(network, runs[0]), data_still=True),
        tag("p", plain(_meaning(runs[0], batch)), class_="quiet"),
        tag(
            "details",
            tag("summary", plain(SUMMARY + RESERVES * (runs[0].setup.backend.name == "cuda"))),
            tag(
                "figure",
                table(runs, computed),
                class_="wide",
                tabindex=0,
                role="group",
                aria_label="Batches that were computed",
            ),
            open=True,
        ),
    ]
    return PageSection("memory", "Memory", "".join(html), script_data(runs, computed, batch, network.gpu))


def _asked(network: ReportedNetwork, run: Estimate) -> Iterator[str]:
    """The run that was asked for, in words and as a picture."""
    batch = network.batch
    about = " · ".join((*describe_setup(run.setup, run.graph), counted(batch, "image")))
    refusal = run.refusal(batch)
    if refusal is not None:
        yield tag("p", plain(f"{about}: {refusal.words}; {refusal.help}."))
        return
    peak = run.peak(batch)
    layer = None if peak.node is None else run.graph.nodes[peak.node].name
    words = f"{size(peak.nbytes)} at the peak ({grouped(peak.nbytes)} bytes), {describe_moment(peak.phase, layer)}"
    if (reserved := run.reserved(batch)) is not None:
        words += f"; {size(reserved.reserved)} reserved by PyTorch's allocator"
        if network.gpu is not None:
            share = reserved.reserved / network.gpu.memory
            words += f", {share:.1%} of the {size(network.gpu.memory)} of {network.gpu.name}"
    yield tag("p", plain(f"{about}: {words}."))
    yield picture(network.analysis, run, batch)


def _meaning(run: Estimate, batch: int) -> str:
    """What the figures mean, and what they do not hold."""
    words = ["Allocated is what the tensors take."]
    if run.setup.backend.name == "cuda":
        words = [ABOUT.format(rounding=run.rounding)]
    for workspace in unknown(run, batch):
        if not workspace.counted:
            words.append(f"Not counted: the {workspace.name}, about {size(workspace.size.low)}.")
        elif workspace.size.high is not None:
            words.append(f"The least {workspace.name} is counted; it may take {size(workspace.size.high)}.")
    return " ".join(words)
