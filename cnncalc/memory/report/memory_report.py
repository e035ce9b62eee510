"""A network's memory as figures: formats lay them out and compute nothing."""

from collections.abc import Iterator, Mapping

from cnncalc.diagnostic import Diagnostic
from cnncalc.graph import Graph
from cnncalc.memory.device import GPU, CudaContext, HeldWorkspace, cuda_context
from cnncalc.memory.estimate import CATEGORIES, Estimate
from cnncalc.memory.refusal import Refusal
from cnncalc.memory.replay import Moment
from cnncalc.memory.report.held_otherwise import HeldOtherwise, held_otherwise
from cnncalc.memory.report.layer_rows import LayerRow, layer_rows
from cnncalc.memory.report.learning import MOMENTUM, learning_of
from cnncalc.memory.report.peak_place import PeakPlace, place_of
from cnncalc.memory.report.textbook import Textbook, textbook_estimates
from cnncalc.memory.report.unknown_sizes import unknown
from cnncalc.memory.setup import Setup
from cnncalc.record import NamedTuple

LARGEST = 10


class ReportedTensor(NamedTuple):
    """A tensor that is held at the peak: its layer, its name (PyTorch's for a parameter, `output`), what for, bytes."""

    layer: str | None
    tensor: str
    category: str
    nbytes: int


class ReportedMoment(NamedTuple):
    """A layer at work: bytes held when it is done, and the most before that."""

    phase: str
    layer: str | None
    nbytes: int
    most: int


class DeviceMemory(NamedTuple):
    """The peak on one of several devices on which the spec places layers; as in `Figures`."""

    name: str
    peak: int
    peak_place: PeakPlace
    allocated: int | None
    reserved: int | None
    breakdown: Mapping[str, int]


class Figures(NamedTuple):
    """The memory of one run, in bytes of one device. `share` is how many images of a batch that device gets.

    If the spec places layers on several `devices`, that is the one with the highest peak, `device`.

    `peak` is what tensors take at most; `allocated` and `reserved` are what the caching allocator makes of them, as
    torch.cuda.max_memory_allocated and max_memory_reserved report it (None: a backend that has no such allocator).
    `unknown` is what has no fixed size, or none that is known: counted with its least, which may be 0. `held_otherwise`
    is for inference only. The figures are with the least that workspaces may take: with the most, they are
    `most_allocated`, `most_reserved` and `most_peak`. `context` is what CUDA takes beside the allocator.
    """

    setup: Setup
    share: int
    peak: int
    peak_place: PeakPlace
    allocated: int | None
    reserved: int | None
    breakdown: Mapping[str, int]
    largest: tuple[ReportedTensor, ...]
    layers: tuple[LayerRow, ...]
    timeline: tuple[ReportedMoment, ...]
    textbook: Textbook
    unknown: tuple[HeldWorkspace, ...]
    device: str | None = None
    devices: tuple[DeviceMemory, ...] = ()
    held_otherwise: HeldOtherwise | None = None
    most_peak: int | None = None
    most_allocated: int | None = None
    most_reserved: int | None = None
    context: CudaContext | None = None


class MemoryReport(NamedTuple):
    """A spec's memory: figures, diagnostics, and the GPU asked about.

    There are no figures if shapes are unknown after an error, or if PyTorch refuses to run the batch (`refusal`).
    """

    graph: Graph
    batch: int
    figures: Figures | None
    diagnostics: tuple[Diagnostic, ...] = ()
    gpu: GPU | None = None
    refusal: Refusal | None = None


def figures(estimate: Estimate, batch: int, *, largest: int = LARGEST, gpu: GPU | None = None) -> Figures:
    """All figures of an estimate for a batch, with at most `largest` of the largest tensors."""
    graph, setup = estimate.graph, estimate.setup
    peak, timeline = estimate.peak(batch), estimate.timeline(batch)
    band = estimate.band(batch)
    reserved = estimate.replay(batch).reserved() if estimate.setup.backend.name == "cuda" else None
    share = estimate.share(batch)

    def name(node: int | None) -> str | None:
        return None if node is None else graph.nodes[node].name

    return Figures(
        setup=setup,
        share=share,
        peak=peak.nbytes,
        peak_place=place_of(peak, graph),
        allocated=None if reserved is None else reserved.allocated,
        reserved=None if reserved is None else reserved.reserved,
        breakdown=estimate.breakdown(batch),
        largest=tuple(
            ReportedTensor(name(item.tensor.node), item.tensor.name, item.tensor.category, item.nbytes)
            for item in estimate.alive(batch)[:largest]
        ),
        layers=tuple(layer_rows(estimate, batch)),
        timeline=tuple(_moment(item, name(item.node)) for item in timeline),
        textbook=textbook_estimates(
            graph,
            batch=share,
            dtype=setup.dtype,
            learning=learning_of(setup) if setup.mode == "training" else MOMENTUM,
        ),
        unknown=unknown(estimate, batch, gpu),
        device=estimate.device(batch) if len(graph.devices) > 1 else None,
        devices=tuple(_devices(estimate, batch)) if len(graph.devices) > 1 else (),
        held_otherwise=held_otherwise(estimate, batch) if setup.mode == "inference" else None,
        most_peak=None if band is None else max(end.peak(batch).nbytes for end in estimate.ends),
        most_allocated=None if band is None else band.high.allocated,
        most_reserved=None if band is None else band.high.reserved,
        context=None if band is None else cuda_context(gpu, setup.torch),
    )


def _devices(estimate: Estimate, batch: int) -> Iterator[DeviceMemory]:
    """The peak on each device."""
    cuda = estimate.setup.backend.name == "cuda"
    for name, replay in zip(estimate.graph.devices, estimate.replays(batch), strict=True):
        peak, reserved = replay.peak, replay.reserved() if cuda else None
        yield DeviceMemory(
            name,
            peak.nbytes,
            place_of(peak, estimate.graph),
            None if reserved is None else reserved.allocated,
            None if reserved is None else reserved.reserved,
            dict.fromkeys(CATEGORIES, 0) | replay.breakdown(),
        )


def _moment(moment: Moment, layer: str | None) -> ReportedMoment:
    return ReportedMoment(moment.phase, layer, moment.held, moment.most)
