"""Runs a model and records its calls."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.modules import module as module_hooks
from torch.overrides import TorchFunctionMode, resolve_name

from cnncalc.importers import Scope
from cnncalc.pytorch.capture.code_lines import place
from cnncalc.pytorch.capture.product_macs import WRITTEN
from cnncalc.pytorch.capture.recording import READS_VALUES, Call, ModuleCall, Recording, Ref, Stored
from cnncalc.pytorch.capture.shortcuts import Shortcuts


class Recorder(TorchFunctionMode):
    """Records the calls of PyTorch functions while it is active, in `recording`."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.recording = Recording()
        self._stack: list[ModuleCall] = []
        self._scopes: tuple[Scope, ...] = ()
        self._paths = {id(module): path for path, module in model.named_modules()}
        # All tensors of the run stay alive, so that no two have one identity.
        self._alive: list[Tensor] = []
        self._now: dict[int, Ref] = {}
        self._versions: dict[int, int] = {}
        self._writes: list[tuple[Tensor, Ref]] = []
        self._shortcuts = Shortcuts()
        # The versions of parameters and buffers before the run, by their numbers.
        self._first: dict[int, int] = {}
        for is_parameter, named in (
            (True, model.named_parameters(remove_duplicate=False)),
            (False, model.named_buffers(remove_duplicate=False)),
        ):
            for name, tensor in named:
                if id(tensor) not in self._now:
                    stored = Stored(name, is_parameter, tuple(tensor.shape))
                    number = self._new(tensor).number
                    self.recording.numbers[id(tensor)] = number
                    self._first[number] = tensor._version
                    self.recording.owned[number] = self.recording.named[name] = stored

    def _new(self, tensor: Tensor) -> Ref:
        self._alive.append(tensor)
        ref = Ref(len(self._alive) - 1, tuple(tensor.shape))
        self._now[id(tensor)] = ref
        self._versions[id(tensor)] = tensor._version
        self.recording.types[ref.number] = tensor.dtype
        return ref

    def _ref(self, tensor: Tensor) -> Ref:
        """What a tensor is now."""
        ref = self._now.get(id(tensor))
        if ref is None:
            ref = self._new(tensor)
            self.recording.strangers[ref.number] = place()
        elif tensor._version != self._versions[id(tensor)] and ref.number not in self.recording.owned:
            return self._changed(tensor, ref)
        return ref

    def _changed(self, tensor: Tensor, before: Ref) -> Ref:
        """A tensor that was written into through another tensor with the same memory."""
        memory = tensor.untyped_storage()._cdata
        writers = [ref for other, ref in self._writes if other.untyped_storage()._cdata == memory]
        after = self._new(tensor)
        self.recording.calls.append(
            Call(WRITTEN, (before, *writers[-1:]), {}, (after,), False, False, self._scopes, place())
        )
        return after

    def read(self, value: Any) -> Any:
        """A value with a `Ref` for each tensor in it."""
        if isinstance(value, Tensor):
            return self._ref(value)
        if isinstance(value, dict):
            return {key: self.read(inside) for key, inside in value.items()}
        if isinstance(value, torch.Size):
            return tuple(value)
        if isinstance(value, list | tuple):
            return [self.read(inside) for inside in value]
        if isinstance(value, slice):
            return slice(self.read(value.start), self.read(value.stop), self.read(value.step))
        return value

    def enter(self, name: str, tensor: Tensor) -> None:
        """An input of the network."""
        self.recording.inputs[name] = self._new(tensor)

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        name = resolve_name(func) or getattr(func, "__name__", str(func))
        if name.endswith((".size", ".dim", ".stride", "_set_grad_enabled")):
            return func(*args, **kwargs)
        if name.endswith("__get__"):
            # `shape` is a fact; `T`, `real` and `data` are tensors, as calls give them.
            with torch._C.DisableTorchFunction():
                fact = func(*args, **kwargs)
            if not isinstance(fact, Tensor) or fact is args[0] or id(fact) in self._now:
                return fact
        read, keys = self.read(args), self.read(kwargs)
        result = self._shortcuts.call(func, args, kwargs)
        short = name.rpartition(".")[2]
        if name == "torch.Tensor.__setitem__":
            written = args[0]
            after = self._new(written)
            self._writes.append((written, after))
            self._append(name, read, keys, (after,), False, True, func)
            return result
        several = isinstance(result, list | tuple)
        outputs = list(result) if several else [result]
        if not any(isinstance(item, Tensor) for item in outputs):
            if short in READS_VALUES:
                self._append(name, read, keys, (), False, False)
            return result
        before = {id(tensor): tensor for tensor in tensors((args, kwargs))}
        computed_by: list[Ref | None] = []
        writes = False
        for item in outputs:
            if not isinstance(item, Tensor):
                computed_by.append(None)
            elif id(item) not in before and id(item) not in self._now:
                computed_by.append(self._new(item))
            elif item._version == self._versions.get(id(item)):
                # The same tensor, unchanged: `contiguous`, `to`.
                computed_by.append(None)
            else:
                after = self._new(item)
                self._writes.append((item, after))
                computed_by.append(after)
                writes = True
        if "out" in kwargs:
            writes = True
        if any(computed_by):
            self._append(name, read, keys, tuple(computed_by), several, writes, func)
        return result

    def _append(
        self,
        name: str,
        read: Any,
        keys: Any,
        outputs: tuple[Ref | None, ...],
        several: bool,
        writes: bool,
        function: Any = None,
    ) -> None:
        self.recording.calls.append(
            Call(name, tuple(read), keys, outputs, several, writes, self._scopes, place(), function)
        )

    def _before(self, module: nn.Module, arguments: Any) -> None:
        scope = Scope(self._paths.get(id(module), "?"), type(module).__name__, len(self.recording.modules))
        call = ModuleCall(scope, module, len(self.recording.calls), self.read(arguments))
        self.recording.modules.append(call)
        self._stack.append(call)
        self._scopes = (*self._scopes, scope)

    def _after(self, module: nn.Module, arguments: Any, output: Any) -> None:
        call = self._stack.pop()
        self._scopes = self._scopes[:-1]
        for tensor in tensors(output):
            if id(tensor) not in self._now or isinstance(module, torch.jit.ScriptModule):
                # A module whose calls cannot be seen, such as a scripted one.
                after = self._new(tensor)
                self.recording.calls.append(
                    Call(
                        f"module {type(module).__name__}",
                        (call.inputs,),
                        {"module": call},
                        (after,),
                        False,
                        False,
                        (*self._scopes, call.scope),
                        place(),
                    )
                )
        call.outputs = self.read(output)
        call.stop = len(self.recording.calls)

    def run(self, model: nn.Module, inputs: Mapping[str, Tensor]) -> Recording:
        """Runs the model once and returns all that it did."""
        for name, tensor in inputs.items():
            self.enter(name, tensor)
        with ExitStack() as stack:
            stack.callback(module_hooks.register_module_forward_pre_hook(self._before).remove)
            stack.callback(module_hooks.register_module_forward_hook(self._after).remove)
            stack.enter_context(torch.no_grad())
            with self:
                output = model(*inputs.values())
            self.recording.output = self.read(plain(output))
        # What was written into a buffer, perhaps through a view of it, is not among its values.
        changed = {
            stored.name
            for number, stored in self.recording.owned.items()
            if self._alive[number]._version != self._first[number]
        }
        self.recording.values = {
            name: values for name, values in self.recording.values.items() if name not in changed
        }
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


def tensors(value: Any) -> Iterator[Tensor]:
    """The tensors in a value, at any depth."""
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, Mapping):
        for inside in value.values():
            yield from tensors(inside)
    elif isinstance(value, list | tuple):
        for inside in value:
            yield from tensors(inside)
