"""Runs a model and records its calls."""

from collections.abc import Mapping
from contextlib import ExitStack
from functools import lru_cache
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.modules import module as module_hooks
from torch.overrides import TorchFunctionMode, resolve_name

from cnncalc.importers import Scope
from cnncalc.pytorch.capture.parts import named_parts
from cnncalc.pytorch.capture.recording import READS_VALUES, Call, ModuleCall, Recording, Ref, refs
from cnncalc.pytorch.capture.shortcuts import Shortcuts
from cnncalc.pytorch.capture.tracked import Tracked, tensors

SETS_ITEM = "torch.Tensor.__setitem__"
# Functions that are no part of the network.
IGNORED_CALLS = (".size", ".dim", ".stride", "_set_grad_enabled")


class _Function(NamedTuple):
    """What the name of a function says: whether it is recorded, and whether it is a property."""

    name: str
    short: str
    is_ignored: bool
    is_property: bool


@lru_cache(4096)
def _named(function: Any) -> _Function:
    name = resolve_name(function) or getattr(function, "__name__", str(function))
    return _Function(name, name.rpartition(".")[2], name.endswith(IGNORED_CALLS), name.endswith("__get__"))


class Recorder(TorchFunctionMode):
    """Records the calls of PyTorch functions while it is active."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self._tracked = Tracked(model, Recorder.run.__code__)
        self._stack: list[ModuleCall] = []
        self._paths = {id(module): path for path, module in reversed(named_parts(model))}
        self._shortcuts = Shortcuts()

    @property
    def recording(self) -> Recording:
        """What has been recorded so far."""
        return self._tracked.recording

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        function, tracked = _named(func), self._tracked
        if function.is_ignored:
            return func(*args, **kwargs)
        if function.is_property:
            # `shape` is a fact; `T`, `real` and `data` are tensors, as calls give them.
            fact = func(*args, **kwargs)
            if not isinstance(fact, Tensor) or fact is args[0] or id(fact) in tracked.now:
                return fact
        reads: list[Ref] = []
        read, keys = tracked.read(args, reads), tracked.read(kwargs, reads)
        result = self._shortcuts.call(func, args, kwargs)
        if function.name == SETS_ITEM:
            after = tracked.new(args[0])
            tracked.writes.append((args[0], after))
            self._append(function.name, read, keys, reads, (after,), False, True, func)
            return result
        several = isinstance(result, list | tuple)
        outputs = list(result) if several else [result]
        if not any(isinstance(item, Tensor) for item in outputs):
            if function.short in READS_VALUES:
                self._append(function.name, read, keys, reads, (), False, False)
            return result
        computed_by: list[Ref | None] = []
        writes = "out" in kwargs
        for item in outputs:
            if not isinstance(item, Tensor):
                computed_by.append(None)
            elif id(item) not in tracked.now:
                computed_by.append(tracked.new(item))
            elif item._version == tracked.versions[id(item)]:
                # The same tensor, unchanged: `contiguous`, `to`.
                computed_by.append(None)
            else:
                after = tracked.new(item)
                tracked.writes.append((item, after))
                computed_by.append(after)
                writes = True
        if any(computed_by):
            self._append(function.name, read, keys, reads, tuple(computed_by), several, writes, func)
        return result

    def _append(
        self,
        name: str,
        read: Any,
        keys: Any,
        reads: list[Ref],
        outputs: tuple[Ref | None, ...],
        several: bool,
        writes: bool,
        function: Any = None,
    ) -> None:
        tracked = self._tracked
        tracked.recording.calls.append(
            Call(
                name,
                tuple(read),
                keys,
                tuple(reads),
                outputs,
                several,
                writes,
                tracked.scopes,
                tracked.place(),
                function,
            )
        )

    def _before(self, module: nn.Module, arguments: Any) -> None:
        tracked = self._tracked
        scope = Scope(self._paths.get(id(module), "?"), type(module).__name__, len(self.recording.modules))
        with torch._C.DisableTorchFunction():
            inputs = tracked.read(arguments)
        call = ModuleCall(scope, module, len(self.recording.calls), inputs)
        self.recording.modules.append(call)
        self._stack.append(call)
        tracked.scopes = (*tracked.scopes, scope)

    def _after(self, module: nn.Module, arguments: Any, output: Any) -> None:
        with torch._C.DisableTorchFunction():
            self._leave(module, output)

    def _leave(self, module: nn.Module, output: Any) -> None:
        call, tracked = self._stack.pop(), self._tracked
        tracked.scopes = tracked.scopes[:-1]
        for tensor in tensors(output):
            if id(tensor) not in tracked.now or isinstance(module, torch.jit.ScriptModule):
                # A module whose calls cannot be seen, such as a scripted one.
                self._unseen(call, tensor)
        call.outputs = tracked.read(output)
        call.stop = len(self.recording.calls)

    def _unseen(self, call: ModuleCall, tensor: Tensor) -> None:
        tracked = self._tracked
        after = tracked.new(tensor)
        tracked.recording.calls.append(
            Call(
                f"module {type(call.module).__name__}",
                (call.inputs,),
                {"module": call},
                tuple(refs(call.inputs)),
                (after,),
                False,
                False,
                (*tracked.scopes, call.scope),
                tracked.place(),
            )
        )

    def run(self, model: nn.Module, inputs: Mapping[str, Tensor]) -> Recording:
        """Runs the model once and returns all that it did."""
        tracked = self._tracked
        for name, tensor in inputs.items():
            self.recording.inputs[name] = tracked.new(tensor)
        with ExitStack() as stack:
            stack.callback(module_hooks.register_module_forward_pre_hook(self._before).remove)
            stack.callback(module_hooks.register_module_forward_hook(self._after).remove)
            stack.enter_context(torch.no_grad())
            with self:
                output = model(*inputs.values())
            self.recording.output = tracked.read(plain(output))
        self.recording.values = tracked.unchanged_values()
        return self.recording


def plain(output: Any) -> Any:
    """A model's output as nested dictionaries and lists: other containers by their fields."""
    if isinstance(output, Mapping):
        return {str(key): plain(inside) for key, inside in output.items()}
    if isinstance(output, list | tuple):
        return [plain(inside) for inside in output]
    if isinstance(output, Tensor) or not hasattr(output, "__dict__"):
        return output
    return {key: plain(inside) for key, inside in vars(output).items() if not key.startswith("_")}
