"""The answer about a network and a device's memory: whether a batch fits, or the largest that does, and remedies."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from cnncalc.diagnostic import Diagnostic
from cnncalc.graph import MAX_NODES, Graph
from cnncalc.memory.advice.fit import DeviceNeed, Need, device_needs, largest, need
from cnncalc.memory.advice.remedies import RemedyCase, Suggestion, suggestions
from cnncalc.memory.device import GPU, CudaContext
from cnncalc.memory.estimate import Estimate
from cnncalc.memory.refusal import Refusal
from cnncalc.memory.setup import MOST, Setup
from cnncalc.record import NamedTuple


class ModeResult(NamedTuple):
    """One mode: the memory of the given batch, else of the largest that fits, else of the smallest that runs.

    `largest` is the largest batch that fits, 0 if none does. `optimistic` are the batch and the largest one with the
    least that workspaces may take, if these are with the most; None where both are the same.
    """

    estimate: Estimate
    need: Need
    largest: int
    optimistic: "ModeResult | None" = None

    @property
    def refusal(self) -> Refusal | None:
        """Why PyTorch refuses the batch; None if it runs it."""
        return self.estimate.refusal(self.need.batch)

    def devices(self, usable: int) -> tuple[DeviceNeed, ...]:
        """What the batch takes of each device on which the spec places layers; nothing if it names one or none."""
        if len(self.estimate.graph.devices) < 2 or self.refusal is not None:
            return ()
        return device_needs(self.estimate, self.need.batch, usable)


class Remedied(NamedTuple):
    """A suggestion; without a given batch, with the largest batch that fits then."""

    suggestion: Suggestion
    largest: int | None


class Answer(NamedTuple):
    """The whole answer: `memory` and `reserve` are in bytes. `case` is the run that the remedies are for.

    `context` is what CUDA takes beside the allocator, where that is what is reserved.
    """

    graph: Graph
    memory: int
    reserve: int = 0
    gpu: GPU | None = None
    batch: int | None = None
    modes: Mapping[str, ModeResult] = {}
    case: RemedyCase | None = None
    remedies: tuple[Remedied, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    context: CudaContext | None = None

    @property
    def usable(self) -> int:
        """The bytes available to the network."""
        return self.memory - self.reserve

    @property
    def decides(self) -> ModeResult | None:
        """The mode that decides: training, if it is in the answer."""
        return self.modes.get("training") or self.modes.get("inference")

    @property
    def fits(self) -> bool:
        """Whether the batch (without one: any that PyTorch runs) fits in the mode that decides."""
        return self.decides is not None and self.decides.need.fits


def inference_of(setup: Setup) -> Setup:
    """The prediction by a network that is trained so: without what only training has."""
    plain = Setup()
    return setup._replace(
        mode="inference",
        optimizer=plain.optimizer,
        options=plain.options,
        implementation=None,
        frozen=0,
        checkpoint=(),
        accumulate=1,
        loss=plain.loss,
        zero_grad=None,
        ema=False,
        zero=0,
        bucket_view=False,
        offload=(),
        sync_bn=False,
    )


def _result(estimate: Estimate, batch: int | None, usable: int) -> ModeResult:
    """The result of one mode."""
    most = largest(estimate, usable)
    tried = batch or most or estimate.least_batch or 1
    result = ModeResult(estimate, need(estimate, tried, usable), most)
    least = estimate.ends[0]
    if estimate.setup.workspaces != MOST or len(estimate.ends) == 1:
        return result
    return result._replace(optimistic=ModeResult(least, need(least, tried, usable), largest(least, usable)))


def advise(
    estimates: Sequence[Estimate],
    memory: int,
    *,
    reserve: int = 0,
    gpu: GPU | None = None,
    batch: int | None = None,
    always: bool = False,
    setup_for: Callable[[Graph], Setup | None] | None = None,
    values: Mapping[str, Any] | None = None,
    strict: bool = False,
    max_nodes: int = MAX_NODES,
) -> Answer:
    """Fit a network into `memory` bytes, of which `reserve` are set aside, in each mode that there is an estimate of.

    Remedies are searched where the mode that decides does not fit, or `always`; `setup_for`, `values`, `strict` and
    `max_nodes` are those of `RemedyCase`.
    """
    usable = memory - reserve
    modes = {estimate.setup.mode: _result(estimate, batch, usable) for estimate in estimates}
    answer = Answer(estimates[0].graph, memory, reserve, gpu, batch, modes)
    deciding = answer.decides
    # If PyTorch refuses the batch, less memory does not help.
    if deciding is None or (deciding.need.fits and not always) or deciding.refusal is not None:
        return answer
    case = RemedyCase(
        deciding.estimate,
        deciding.need.batch,
        usable,
        setup_for=setup_for,
        values=values,
        strict=strict,
        max_nodes=max_nodes,
        largest=deciding.largest,
        now=deciding.need,
    )
    # Without a given batch, the growth of the largest batch counts.
    free = batch is None and deciding.need.fits
    remedies = tuple(
        Remedied(suggestion, largest(suggestion.outcome.estimate, usable) if free else None)
        for suggestion in suggestions(case)
        if not (free and suggestion.name == "accumulated_gradients")
    )
    if free:
        remedies = tuple(sorted(remedies, key=lambda item: (item.suggestion.harm, -(item.largest or 0))))
    return answer._replace(case=case, remedies=remedies)
