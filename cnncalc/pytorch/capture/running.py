"""Runs a model once under the recorder: on the meta device where that is possible, else where its weights are."""

import contextlib
import io
import sys
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from cnncalc.pytorch.capture.building import buffer_values
from cnncalc.pytorch.capture.code_lines import IGNORED, shown_file
from cnncalc.pytorch.capture.parts import parts
from cnncalc.pytorch.capture.recorder import Recorder
from cnncalc.pytorch.capture.recording import Recording

# Images of the run on the meta device, where they cost nothing. An unusual number: a dimension that is a multiple of
# it is seldom anything else than the batch.
IMAGES = 11
# Images of a run with values.
FEW_IMAGES = 3


class Failed(Exception):
    """A model that cannot be captured: its own error, with the last line of its code. `place` is `net.py:12`."""

    def __init__(self, message: str, place: str = "") -> None:
        self.place = place
        super().__init__(message)


def recorded(module: nn.Module, inputs: Mapping[str, tuple[int, ...]], mode: str) -> Recording:
    """One run of a module in a mode, with inputs of these shapes (channels first, without the batch).

    Raises `Failed`, from the model's error, if its code does.
    """
    device = next((tensor.device for tensor in (*module.parameters(), *module.buffers())), None)
    values = buffer_values(module)
    with _in_mode(module, training=mode == "training"), quiet():
        try:
            with _on_meta(module):
                return _run(module, inputs, torch.device("meta"), IMAGES, values)
        except SystemExit as error:
            raise failed(error) from error
        except Exception as error:
            if device is not None and device.type == "meta":
                raise failed(error) from error
        # Code that reads the values of a tensor does not run there.
        try:
            return _run(module, inputs, device or torch.device("cpu"), FEW_IMAGES, values)
        except (Exception, SystemExit) as error:
            raise failed(error) from error


def failed(error: BaseException) -> Failed:
    """An error in the model's code, in one line, with its last place there."""
    lines = str(error).strip().splitlines()
    message = f"{type(error).__name__}: {lines[0]}" if lines else type(error).__name__
    frames = [
        frame for frame in traceback.extract_tb(error.__traceback__) if not frame.filename.startswith(IGNORED)
    ]
    return Failed(message, f"{shown_file(frames[-1].filename)}:{frames[-1].lineno}" if frames else "")


def needs_values(error: BaseException | None) -> bool:
    """Whether an error comes from reading values on the meta device, where there are none."""
    while error is not None:
        if isinstance(error, NotImplementedError) or "meta" in str(error).lower():
            return True
        error = error.__cause__ or error.__context__
    return False


def _run(
    module: nn.Module,
    inputs: Mapping[str, tuple[int, ...]],
    device: torch.device,
    images: int,
    values: Mapping[str, Tensor],
) -> Recording:
    given: dict[str, Tensor] = {
        name: torch.empty(images, *shape, device=device)
        if device.type == "meta"
        else torch.rand(images, *shape, device=device)
        for name, shape in inputs.items()
    }
    recorder = Recorder(module)
    recorder.recording.values = values
    return recorder.run(module, given)


@contextmanager
def quiet() -> Iterator[None]:
    """What the model prints goes to standard error, which has no spec in it."""
    with contextlib.redirect_stdout(sys.stderr or io.StringIO()):
        yield


@contextmanager
def _in_mode(module: nn.Module, *, training: bool) -> Iterator[None]:
    """Puts all parts of a module in a mode, and each back in its own after that."""
    before = [(part, part.training) for part in parts(module)]
    module.train(training)
    try:
        yield
    finally:
        for part, was in before:
            if part.training is not was:
                part.training = was


@contextmanager
def _on_meta(module: nn.Module) -> Iterator[None]:
    """Gives a module parameters and buffers without values for a while, which take no memory."""
    empty: dict[int, Tensor] = {}
    before: list[tuple[dict[str, Tensor | None], str, Tensor]] = []
    try:
        for part in parts(module):
            for own in (part._parameters, part._buffers):
                for name, tensor in list(own.items()):
                    if tensor is None or tensor.device.type == "meta":
                        continue
                    if id(tensor) not in empty:
                        bare = torch.empty_like(tensor, device="meta")
                        is_parameter = isinstance(tensor, nn.Parameter)
                        empty[id(tensor)] = nn.Parameter(bare, tensor.requires_grad) if is_parameter else bare
                    before.append((own, name, tensor))  # type: ignore[arg-type]
                    own[name] = empty[id(tensor)]  # type: ignore[assignment]
        yield
    finally:
        for own, name, tensor in before:
            own[name] = tensor
