"""A source of PyTorch code as a draft: builds the model, finds its input, and captures it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from torch import nn

from cnncalc.importers import Draft
from cnncalc.pytorch.capture.building import on_meta
from cnncalc.pytorch.capture.capturing import drafted
from cnncalc.pytorch.capture.downloads import no_downloads
from cnncalc.pytorch.capture.forward import dictionary_of, required_inputs
from cnncalc.pytorch.capture.input_sizes import candidates
from cnncalc.pytorch.capture.named_source import BadSource, TorchSource
from cnncalc.pytorch.capture.recording import Recording
from cnncalc.pytorch.capture.running import Failed, failed, needs_values, recorded
from cnncalc.shape import Shape


@dataclass(frozen=True, slots=True)
class Imported:
    """The draft of a source, its module on the meta device (or with values), and why it has this input."""

    draft: Draft
    module: nn.Module
    input_reason: str


def import_source(
    source: TorchSource,
    inputs: Sequence[tuple[str | None, Shape | int]] = (),
    *,
    mode: str = "inference",
    name: str | None = None,
    note_step: Callable[[str], object] = str,
) -> Imported:
    """The draft of a source. `inputs` are what the user asks for: (name or None, shape or side).

    Raises `BadSource` for a source that gives no module or does not run, with a way out.
    """
    note_step("the model is built")
    module = built(source, on_meta)
    names = required_inputs(module)
    wanted = dict(_asked(module, names, inputs))
    note_step("the model runs once")
    if wanted:
        recording, module = _recorded(source, module, wanted, mode)
        reason = ""
    else:
        recording, module, reason = _tried(source, module, names, mode)
    note_step("its calls become layers")
    try:
        draft = drafted(recording, name or source.name, source.text, training=mode == "training")
    except Failed as stop:
        raise BadSource(
            f"{source.text} is no network that can be read: {stop}{_place_in(stop)}",
            "compute with PyTorch from the input to the output: no numpy, no scripted module between",
        ) from stop
    return Imported(draft, module, reason)


def built(source: TorchSource, way: Callable[[Callable[[], nn.Module]], nn.Module]) -> nn.Module:
    """The module of a source. Raises `BadSource` if its code raises, with its last line."""
    from cnncalc.pytorch.capture.running import quiet

    try:
        with no_downloads(), quiet():
            return way(source.make)
    except TypeError as error:
        if str(error).startswith("gives "):
            raise BadSource(
                f"{source.text} {error}", "name a class or a function that gives a torch.nn.Module"
            ) from error
        stop = failed(error)
    except (Exception, SystemExit) as error:
        stop = failed(error)
    raise BadSource(
        f"{source.text} cannot be built: {stop}{_place_in(stop)}",
        "check the arguments (--arg NAME=VALUE)",
    ) from stop


def with_values(make: Callable[[], Any]) -> nn.Module:
    """The module with its values, on the CPU."""
    module = make()
    if not isinstance(module, nn.Module):
        raise TypeError(f"gives {type(module).__name__}, and not a torch.nn.Module")
    return module


def _asked(
    module: nn.Module, names: Sequence[str], inputs: Sequence[tuple[str | None, Shape | int]]
) -> Mapping[str, tuple[int, ...]]:
    """The shapes of all inputs that the user asks for; nothing if none."""
    if not inputs:
        return {}
    count = max(len(names), 1)
    if len(inputs) != count:
        words = ", ".join(names)
        raise BadSource(
            f"the model has {count} input{'s' * (count != 1)} ({words}), and {len(inputs)} "
            f"--input {'is' if len(inputs) == 1 else 'are'} given",
            f"give {' '.join(f'--input {name}=HxWxC' for name in names)}" if names else "",
        )
    shapes = {}
    for index, (name, size) in enumerate(inputs):
        if name is not None and name not in names and count > 1:
            raise BadSource(f"the model has no input {name!r}", f"its inputs: {', '.join(names)}")
        key = "input" if count == 1 else name or names[index]
        shapes[key] = size.torch if isinstance(size, Shape) else _sides(module, size)
    return {key: shapes[key] for key in (["input"] if count == 1 else names)}


def _sides(module: nn.Module, side: int) -> tuple[int, ...]:
    from cnncalc.pytorch.capture.input_sizes import first_layer

    channels, rank = first_layer(module)
    return (channels, *(side,) * rank)


def _recorded(
    source: TorchSource, module: nn.Module, shapes: Mapping[str, tuple[int, ...]], mode: str
) -> tuple[Recording, nn.Module]:
    """A run with these shapes: without values if that is possible, else with them."""
    try:
        return recorded(module, shapes, mode), module
    except Failed as stop:
        if not needs_values(stop.__cause__):
            raise _bad_run(source, shapes, stop) from stop
    module = built(source, with_values)
    try:
        return recorded(module, shapes, mode), module
    except Failed as stop:
        raise _bad_run(source, shapes, stop) from stop


def _place_in(stop: Failed) -> str:
    return f" ({stop.place})" if stop.place else ""


def _bad_run(source: TorchSource, shapes: Mapping[str, tuple[int, ...]], stop: Failed) -> BadSource:
    given = " and ".join(str(Shape(shape[0], shape[1:])) for shape in shapes.values())
    return BadSource(
        f"{source.text} does not run with an input of {given}: {stop}{_place_in(stop)}",
        "give the input that it is made for: --input HxWxC",
    )


def _tried(
    source: TorchSource, module: nn.Module, names: Sequence[str], mode: str
) -> tuple[Recording, nn.Module, str]:
    """The first size that the model runs with, and where that size comes from."""
    if len(names) > 1:
        raise BadSource(
            f"the model has {len(names)} inputs: {', '.join(names)}",
            f"give the shape of each: {' '.join(f'--input {name}=HxWxC' for name in names)}",
        )
    if (key := dictionary_of(module)) is not None:
        raise BadSource(f"the model takes {key} and not a tensor", "wrap it in a module that takes tensors")
    stops: list[tuple[tuple[int, ...], Failed]] = []
    for candidate in candidates(module):
        try:
            return recorded(module, {"input": candidate.shape}, mode), module, candidate.why
        except Failed as stop:
            stops.append((candidate.shape, stop))
    if any(needs_values(stop.__cause__) for _, stop in stops):
        module = built(source, with_values)
        for candidate in candidates(module):
            try:
                return recorded(module, {"input": candidate.shape}, mode), module, candidate.why
            except Failed as stop:
                stops.append((candidate.shape, stop))
    if not stops:
        raise BadSource(f"no size to try {source.text} with is known", "give its input: --input HxWxC")
    shape, first = stops[0]
    if len(stops) == 1:
        raise _bad_run(source, {"input": shape}, first) from first
    raise BadSource(
        f"{source.text} runs with none of {len(stops)} sizes; with {Shape(shape[0], shape[1:])}: {first}"
        f"{_place_in(first)}",
        "give the input that it is made for: --input HxWxC",
    ) from first


__all__ = ["Imported", "built", "import_source", "with_values"]
