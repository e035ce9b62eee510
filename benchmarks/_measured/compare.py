"""What cnncalc says of measured batches: whether the given one fits, and whether the next larger one doesn't."""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from benchmarks._measured.networks import MeasuredNetwork
from benchmarks._measured.rows import MeasuredBatch, MeasuredFile, ReadRows
from cnncalc.memory import MOST, Estimate, Setup
from cnncalc.memory.advice import need
from cnncalc.memory.device import GPU, cuda_context, gpu_named

# With the most and the least that workspaces may take: the answer of `fit`, and that of `--optimistic`.
ANSWERS = ("safe", "optimistic")
Networks = Callable[[MeasuredBatch, str], Iterable[MeasuredNetwork]]


class Tally(NamedTuple):
    """How many of how many are right, and which are not (`model@size`)."""

    right: int = 0
    of: int = 0
    missed: tuple[str, ...] = ()

    def plus(self, what: str, *, right: bool) -> "Tally":
        """One more."""
        return Tally(self.right + right, self.of + 1, self.missed if right else (*self.missed, what))

    def asdict(self) -> dict[str, Any]:
        """As the record has it."""
        share = round(self.right / self.of, 4) if self.of else None
        return {"right": self.right, "of": self.of, "share": share, "missed": list(self.missed)}


def setup_of(file: MeasuredFile, gpu: GPU) -> Setup:
    """How the rows of a file were made, what timm's models hold, and the most that workspaces may take."""
    setup = Setup(
        mode=file.mode,
        autocast="float16",
        channels_last=file.channels_last,
        capability=gpu.capability,
        torch=file.torch,
        holders="modules",
        workspaces=MOST,
    )
    return setup._replace(optimizer="sgd", options={"momentum": 0.9}) if file.mode == "training" else setup


def room(file: MeasuredFile) -> tuple[GPU, int]:
    """The GPU of a file, and the bytes that it leaves to PyTorch. Raises `ValueError` for an unknown GPU."""
    gpu = gpu_named(file.gpu)
    if not isinstance(gpu, GPU):
        raise ValueError(f"no GPU {file.gpu}")
    return gpu, gpu.for_programs - cuda_context(gpu, file.torch).nbytes


def compared(file: MeasuredFile, read: ReadRows, networks: Networks) -> dict[str, Any]:
    """The tallies of a file, for shipped and for imported networks, with both answers; and rows without a network."""
    gpu, usable = room(file)
    tallies: dict[tuple[str, str, str], Tally] = {}
    without = 0
    for row in read.rows:
        known = list(networks(row, file.mode))
        without += not known
        what, larger = f"{row.model}@{row.size}", read.next_larger(row)
        for network in known:
            most = Estimate(network.graph, setup_of(file, gpu))
            for answer, estimate in zip(ANSWERS, (most, most.ends[0]), strict=True):
                for question, batch in (("given", row.batch), ("next", larger)):
                    if batch is not None:
                        key = network.source, answer, question
                        right = need(estimate, batch, usable).fits == (question == "given")
                        tallies[key] = tallies.get(key, Tally()).plus(what, right=right)
    return {
        "mode": file.mode,
        "gpu": gpu.name,
        "torch": ".".join(map(str, file.torch)),
        "channels_last": file.channels_last,
        "usable_bytes": usable,
        "rows": len(read.rows),
        "unreadable": len(read.faults),
        "without_network": without,
        **{
            source: {
                answer: {
                    question: tallies.get((source, answer, question), Tally()).asdict()
                    for question in ("given", "next")
                }
                for answer in ANSWERS
            }
            for source in ("zoo", "imported")
        },
    }
