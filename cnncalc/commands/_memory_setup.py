"""From the options of a memory command to how a network is run."""

from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from cnncalc.graph import Graph
    from cnncalc.memory import Setup
    from cnncalc.memory.device import GPU

# Arguments of optimizers that change what they allocate; each optimizer knows its own.
OPTIMIZER_OPTIONS = ("momentum", "weight_decay", "nesterov", "amsgrad", "centered")


def setup_of(graph: "Graph", mode: str, given: dict[str, Any]) -> "Setup":
    """The setup that the options describe. An impossible one is a usage error."""
    from cnncalc.memory import BACKENDS, Setup, impossible

    options = {name: given[name] for name in OPTIMIZER_OPTIONS if given[name] is not None}
    gpu = None if given["gpu"] is None else find_gpu(given["gpu"])
    setup = Setup(
        mode=mode,
        backend=BACKENDS[given["backend"]],
        dtype=given["dtype"],
        autocast=given["autocast"],
        optimizer=given["optimizer"],
        options=options,
        implementation=given["implementation"],
        frozen=_frozen(graph, given["freeze"]),
        checkpoint=_checkpoints(graph, given["checkpoint"]),
        accumulate=given["accumulate"],
        prefetch=given["prefetch"],
        devices=given["devices"],
        sharded=given["sharded"],
        channels_last=given["channels_last"],
        capability=None if gpu is None else gpu.capability,
        torch=given["torch"],
        zero_grad=given["zero_grad"],
        loss=given["loss"],
        holders=given["holders"],
        ema=given["ema"],
        zero=int(given["zero"] or 0),
        bucket_view=given["gradient_as_bucket_view"],
        attention=given["attention"],
        expandable_segments=given["expandable_segments"],
        grad=given["grad"],
        sync_bn=given["sync_bn"],
        offload=tuple(dict.fromkeys(given["offload"])),
    )
    if problem := impossible(setup, graph):
        raise click.UsageError(problem)
    return setup


def gpu_of(given: dict[str, Any]) -> "GPU | None":
    """The GPU that the options name; a usage error if the run is on another kind of device."""
    if given["gpu"] is None:
        return None
    gpu: GPU = find_gpu(given["gpu"])
    if given["backend"] != "cuda":
        raise click.UsageError(f"--gpu is for --backend cuda, and this is {given['backend']}")
    return gpu


def find_gpu(name: str) -> Any:
    """The GPU of a name; none, or several, is a usage error with the nearest names."""
    from cnncalc.memory.device import GPU, gpu_named

    gpu = gpu_named(name)
    if isinstance(gpu, GPU):
        return gpu
    near = f" Nearest: {', '.join(gpu)}." if gpu else ' They are written as "RTX 4090" or "A100 80GB".'
    raise click.BadParameter(f"no GPU, or more than one, has the name {name!r}.{near}", param_hint="'--gpu'")


def _checkpoints(graph: "Graph", names: tuple[str, ...]) -> tuple[tuple[int, int], ...]:
    from cnncalc.memory import stretches

    chosen: list[tuple[int, int]] = []
    for name in names:
        uses = stretches.uses(graph, name)
        if not uses:
            raise click.BadParameter(
                f"there is no block {name!r}.{_hint(name, stretches.names(graph), 'Blocks')}",
                param_hint="'--checkpoint'",
            )
        chosen += uses
    return stretches.outermost(chosen)


def _frozen(graph: "Graph", name: str | None) -> int:
    from cnncalc.memory import stretches

    if name is None:
        return 0
    count = stretches.until(graph, name)
    if count is None:
        raise click.BadParameter(
            f"there is no layer and no block {name!r}."
            f"{_hint(name, [*graph.by_name, *stretches.names(graph)], 'Layers')}",
            param_hint="'--freeze'",
        )
    return count


def _hint(word: str, among: list[str], what: str) -> str:
    from cnncalc.spec import nearest

    close = nearest(word, among)
    if close:
        return f" Did you mean {close!r}?"
    return (
        f" {what}: {', '.join(among[:10])}{' ...' if len(among) > 10 else '.'}"
        if among
        else f" {what}: none."
    )
