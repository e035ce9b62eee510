"""Values of tensors that depend on no input: their recorded calls run again, with chosen values of the parameters."""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from cnncalc.pytorch.capture.recording import Call, Recording, Ref

# Functions that read the shape and the type of their tensor, and none of its values.
READ_ONLY_SHAPES = frozenset(
    [
        "new_zeros",
        "new_ones",
        "new_full",
        "new_empty",
        "zeros_like",
        "ones_like",
        "full_like",
        "empty_like",
    ]
)
# Calls in a row at most; a longer computation is left alone.
DEEPEST = 200


class NotEvaluated(Exception):
    """A tensor whose values cannot be computed, and why."""


class Evaluating:
    """Computes the values of tensors of a recording on the CPU, from the values of its buffers."""

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self._calls: dict[int, tuple[Call, int]] = {}
        for call in recording.calls:
            for index, ref in enumerate(call.outputs):
                if ref is not None:
                    self._calls[ref.number] = call, index

    def call_of(self, number: int) -> Call | None:
        """The call that computes a tensor; None for parameters, buffers, and what no call makes."""
        return self._calls[number][0] if number in self._calls else None

    def value(self, number: int, parameters: Mapping[str, Tensor]) -> Tensor:
        """The values of a tensor by its number, with these values of parameters. Raises `NotEvaluated`."""
        run = _Evaluation(self._recording, self._calls, parameters)
        with torch.no_grad():
            try:
                return run.tensor(number, 0)
            except (
                ArithmeticError,
                AttributeError,
                LookupError,
                RuntimeError,
                TypeError,
                ValueError,
            ) as error:
                raise NotEvaluated(str(error)) from error


class _Evaluation:
    """One computation: what it has computed already, by number."""

    def __init__(
        self,
        recording: Recording,
        calls: Mapping[int, tuple[Call, int]],
        parameters: Mapping[str, Tensor],
    ) -> None:
        self._recording, self._calls, self._parameters = recording, calls, parameters
        self._computed: dict[int, Tensor] = {}

    def tensor(self, number: int, depth: int) -> Tensor:
        if number not in self._computed:
            stored = number in self._recording.owned
            self._computed[number] = self._stored(number) if stored else self._call(number, depth)
        return self._computed[number]

    def _stored(self, number: int) -> Tensor:
        stored = self._recording.owned[number]
        values = self._parameters if stored.learned else self._recording.values
        if stored.name not in values:
            raise NotEvaluated(f"the values of {stored.name} are not known")
        return values[stored.name]

    def _call(self, number: int, depth: int) -> Tensor:
        if number not in self._calls or depth > DEEPEST:
            raise NotEvaluated("it is computed by no recorded call")
        call, index = self._calls[number]
        if call.function is None:
            raise NotEvaluated(f"{call.short} cannot run again")
        only_shape = call.short in READ_ONLY_SHAPES
        arguments = [self._argument(item, depth, only_shape) for item in call.arguments]
        keywords = {key: self._argument(item, depth, only_shape) for key, item in call.keywords.items()}
        if call.short in ("__getitem__", "__setitem__") and isinstance(arguments[1], list):
            arguments[1] = tuple(arguments[1])
        if "device" in keywords:
            keywords["device"] = "cpu"
        if call.writes and arguments and isinstance(arguments[0], Tensor):
            arguments[0] = arguments[0].clone()
        if isinstance(keywords.get("out"), Tensor):
            keywords["out"] = keywords["out"].clone()
        result = call.function(*arguments, **keywords)
        if call.name == "torch.Tensor.__setitem__":
            result = arguments[0]
        value = result[index] if call.several else result
        ref = call.outputs[index]
        if not isinstance(value, Tensor) or ref is None or tuple(value.shape) != ref.shape:
            raise NotEvaluated(f"{call.short} gives another tensor")
        return value

    def _argument(self, given: Any, depth: int, only_shape: bool) -> Any:
        if isinstance(given, Ref):
            return torch.empty(given.shape) if only_shape else self.tensor(given.number, depth + 1)
        if isinstance(given, torch.device):
            return torch.device("cpu")
        if isinstance(given, dict):
            return {key: self._argument(inside, depth, only_shape) for key, inside in given.items()}
        if isinstance(given, list | tuple):
            return type(given)(self._argument(inside, depth, only_shape) for inside in given)
        if isinstance(given, slice):
            return slice(
                *(self._argument(part, depth, only_shape) for part in (given.start, given.stop, given.step))
            )
        return given
