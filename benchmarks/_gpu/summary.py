"""A record of a GPU beside the figures of this cnncalc, as tables in Markdown."""

from collections.abc import Callable, Iterator, Sequence
from statistics import median
from typing import Any

from benchmarks._gpu.convolutions import sizes, workspaces
from benchmarks._gpu.leftovers import leftovers, replayed
from benchmarks._gpu.predicted import estimate, gpu_of, of, versions
from cnncalc.memory.device import GPU, cublas, cuda_context, gpu_named

MIB = 2**20
# Convolutions whose workspaces are shown: the largest.
SHOWN = 20

Lines = list[dict[str, Any]]


def summary(lines: Lines) -> str:
    """What agrees with a record and what differs."""
    parts = (_head, _peaks, _context, _histories, _workspaces, _attention, _norms, _verified, _rest)
    return "\n\n".join(text for part in parts if (text := "\n".join(part(lines))))


def table(heads: Sequence[str], rows: Sequence[Sequence[object]], numbers: int) -> Iterator[str]:
    """A table, whose last columns are `numbers`; nothing where it has no rows."""
    if not rows:
        return
    yield f"| {' | '.join(heads)} |"
    yield f"|{'|'.join([':---'] * (len(heads) - numbers) + ['---:'] * numbers)}|"
    for row in rows:
        yield f"| {' | '.join(map(str, row))} |"


def mib(nbytes: int | None) -> str:
    return "?" if nbytes is None else f"{nbytes / MIB:,.2f}"


def error(predicted: int | None, measured: int | None) -> float | None:
    """How far a prediction is off, as a part of what was measured."""
    return None if not measured or predicted is None else predicted / measured - 1


def in_band(lines: Lines) -> tuple[int, int]:
    """How many peaks of allocated memory lie between those with the least workspaces and with the most; of how many."""
    runs = [line for line in of(lines, "memory") if line["measured"]["allocated"] is not None]
    inside = 0
    for line in runs:
        low, high = (
            estimate(line, gpu_of(lines), workspaces).peak(line["batch"]).nbytes
            for workspaces in ("least", "most")
        )
        inside += low <= line["measured"]["allocated"] <= high
    return inside, len(runs)


def peak_errors(lines: Lines) -> list[tuple[dict[str, Any], float | None, float | None]]:
    """For each run whose memory was measured, how far allocated and reserved bytes are off."""
    rows = []
    for line in of(lines, "memory"):
        peaks = estimate(line, gpu_of(lines)).reserved(line["batch"])
        got = line["measured"]
        assert peaks is not None
        rows.append((line, error(peaks.allocated, got["allocated"]), error(peaks.reserved, got["reserved"])))
    return rows


def _head(lines: Lines) -> Iterator[str]:
    facts = versions(lines)
    device = next((line["device"] for line in lines if line.get("device")), "unknown")
    if any(line.get("dry") for line in lines):
        yield "**A dry run on a CPU: no figure of a GPU is in it.**"
        return
    yield f"{device}, driver {facts.get('driver', '?')}, PyTorch {facts.get('torch', '?')}, " + (
        f"cuDNN {facts.get('cudnn', '?')}, cnncalc {facts.get('cnncalc', '?')}, {facts.get('date', '?')}."
    )


def _peaks(lines: Lines) -> Iterator[str]:
    rows = peak_errors(lines)
    kinds: list[tuple[str, Callable[[dict[str, Any]], bool]]] = [
        ("inference", lambda line: line["mode"] == "inference"),
        ("training", lambda line: line["mode"] == "training" and not line["benchmark"]),
        ("training, cuDNN's benchmark mode", lambda line: bool(line["benchmark"])),
    ]
    cells = []
    for title, belongs in kinds:
        for which, name in ((1, "allocated"), (2, "reserved")):
            chosen = [
                (line, off) for line, *both in rows if belongs(line) and (off := both[which - 1]) is not None
            ]
            if chosen:
                worst = max(chosen, key=lambda pair: abs(pair[1]))
                middle = median(abs(off) for _, off in chosen)
                within = sum(abs(off) <= 0.01 for _, off in chosen)
                where = f"{worst[0]['network']}, batch {worst[0]['batch']}"
                cells.append((title, name, where, len(chosen), within, f"{middle:.2%}", f"{worst[1]:+.2%}"))
    heads = ("run", "peak", "the worst", "cases", "within 1%", "median error", "worst error")
    yield from table(heads, cells, 4)
    inside, runs = in_band(lines)
    if runs:
        yield ""
        yield f"Of {runs} peaks, {inside} are in the band that the bounds of workspaces give."


def _context(lines: Lines) -> Iterator[str]:
    cells = []
    gpu = gpu_named(str(lines[0].get("device", ""))) if lines else ()
    context = cuda_context(gpu if isinstance(gpu, GPU) else None, gpu_of(lines).torch)
    for line in of(lines, "context"):
        got = line["measured"]
        if got["before_kernels"] is None:
            continue
        cells += [
            ("context at the start", mib(got["before_kernels"]), ""),
            (
                "context when a network has run",
                mib(got["after_kernels"]),
                f"{mib(context.nbytes)}{' assumed' if context.assumed else ''}",
            ),
        ]
    size = cublas(gpu_of(lines).capability).size
    expected = mib(size.exact) if size.exact is not None else f"{mib(size.low)} to {mib(size.high)}"
    doubled = (
        mib(2 * size.exact)
        if size.exact is not None
        else f"{mib(2 * size.low)} to {mib(2 * (size.high or 0))}"
    )
    for line in of(lines, "cublas"):
        for name, got in line["measured"].items():
            if got["forward"] is None:
                continue
            cells.append((f"cuBLAS, {name}: after forward", mib(got["forward"]), expected))
            cells.append((f"cuBLAS, {name}: after backward", mib(got["backward"]), doubled))
    yield from table(("beside tensors, in MiB", "measured", "cnncalc"), cells, 2)


def _histories(lines: Lines) -> Iterator[str]:
    cells = []
    for line in of(lines, "history"):
        if line["measured"]["events"]:
            rest = leftovers(line["measured"], replayed(estimate(line, gpu_of(lines)), line["batch"]))
            cells.append(
                (
                    line["network"],
                    line["way"],
                    rest.known,
                    len(rest.missing),
                    len(rest.elsewhere),
                    mib(sum(rest.elsewhere)),
                    sum(workspace.nbytes > 0 for workspace in rest.workspaces),
                    mib(max((workspace.nbytes for workspace in rest.workspaces), default=0)),
                )
            )
    heads = (
        "network",
        "step",
        "known",
        "not made",
        "others",
        "MiB of them",
        "passes with workspace",
        "largest, MiB",
    )
    yield from table(heads, cells, 6)


def _workspaces(lines: Lines) -> Iterator[str]:
    every = workspaces(lines)
    if every:
        needing = sum(row.nbytes > 0 for row in every)
        above = sum(row.bound is not None and row.nbytes > row.bound for row in every)
        yield f"Of {len(every)} passes of convolutions that differ, {needing} have a workspace, {above} a larger one"
        yield "than their bound. The largest:"
        yield ""
    cells = [(*row[2:], mib(row.nbytes), mib(row.bound)) for row in every[:SHOWN] if row.nbytes]
    yield from table(("pass", "input", "convolution", "type", "workspace, MiB", "bound"), cells, 2)


def _attention(lines: Lines) -> Iterator[str]:
    cells = []
    for line in of(lines, "attention"):
        got = line["measured"]
        for name, row in got["kernels"].items():
            if row is not None and row["kept"] is not None:
                shown = f"{name}: {got['chosen']}" if name == "auto" else name
                peaks = (mib(row[what]) for what in ("output", "kept", "forward_peak", "backward_peak"))
                cells.append((line["shape"], line["dtype"], shown, *peaks))
    yield from table(
        ("attention", "type", "kernel", "output, MiB", "kept", "peak, forward", "peak, backward"), cells, 4
    )


def _norms(lines: Lines) -> Iterator[str]:
    cells = []
    for line in of(lines, "batch_norm"):
        got = line["measured"]
        if got["allocated"] is not None:
            layout = "NHWC" if line["channels_last"] else "NCHW"
            beside = got["allocated"] - got["output"]
            where = (sizes(line["shape"]), f"{line['dtype']} {layout}", got["node"])
            cells.append((*where, mib(beside), mib(got.get("cudnn_reserve"))))
    yield from table(
        ("batch norm of", "type", "node", "kept beside the output, MiB", "cuDNN's reserve"), cells, 2
    )


def _verified(lines: Lines) -> Iterator[str]:
    rows = of(lines, "verify")
    if rows:
        wrong = [line["network"] for line in rows if not line["measured"]["ok"]]
        compared = sum(line["measured"]["compared"] for line in rows)
        names = f": {', '.join(wrong)}" if wrong else ""
        yield f"`cnncalc verify`: {len(rows)} networks, {compared:,} figures, mismatches in {len(wrong)}{names}."


def _rest(lines: Lines) -> Iterator[str]:
    timed = of(lines, "speed")
    if timed:
        yield f"Speed: {len({line['network'] for line in timed})} networks."
    for line in lines:
        if "error" in line:
            yield f"Not measured: {line['key']}: {line['error']}."
    last = next((line for line in reversed(lines) if line["case"] == "end"), None)
    if last is None:
        yield "The run was ended before its last line."
    elif last["left_out"]:
        yield f"Left out for want of time: {len(last['left_out'])}."
