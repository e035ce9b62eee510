"""What a run of a model does: every call of a PyTorch function, with its tensors, its module calls and its place."""

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from math import prod
from types import FrameType
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.modules import module as module_hooks
from torch.overrides import TorchFunctionMode, resolve_name

from cnncalc.importers import Scope
from cnncalc.pytorch.capture.product_macs import WRITTEN
from cnncalc.pytorch.capture.shortcuts import Shortcuts

# Functions whose result is a Python value that depends on the values of a tensor.
READS_VALUES = frozenset(
    ("item", "__bool__", "__int__", "__float__", "__index__", "__complex__", "tolist", "numpy", "__array__")
)
# Code that no user wrote: PyTorch's, ours, and what has no file.
IGNORED = (
    os.path.dirname(torch.__file__) + os.sep,
    os.path.dirname(os.path.abspath(__file__)) + os.sep,
    "<",
)


@dataclass(frozen=True, slots=True)
class Ref:
    """A tensor at one moment of the run: a tensor that is written into becomes another one."""

    number: int
    shape: tuple[int, ...]


@dataclass(slots=True)
class Call:
    """One call of a function.

    `name` is the function (`torch.nn.functional.relu`), `arguments` and `keywords` are what it was called with, with a
    `Ref` for each tensor. `outputs` has a `Ref` for each tensor of its result, None for what is no tensor. `writes`:
    its result is the tensor that it has changed. `scopes` are the module calls around it. `place` is the line of code
    that is not PyTorch's. `function` is the function itself, None where it is unknown.
    """

    name: str
    arguments: tuple[Any, ...]
    keywords: Mapping[str, Any]
    outputs: tuple[Ref | None, ...]
    several: bool
    writes: bool
    scopes: tuple[Scope, ...]
    place: str
    function: Any = None

    @property
    def short(self) -> str:
        """The last part of its name: `relu`; of a property its own name: `real`."""
        *rest, last = self.name.split(".")
        return rest[-1] if last == "__get__" else last

    @property
    def reads(self) -> Iterator[Ref]:
        """The tensors that it reads."""
        yield from refs((self.arguments, self.keywords))


@dataclass(slots=True)
class ModuleCall:
    """One call of a module: its scope, the class's full name, the calls in it (`start` to `stop`), inputs, outputs."""

    scope: Scope
    module: nn.Module
    start: int
    inputs: Any
    stop: int = -1
    outputs: Any = None


@dataclass(frozen=True, slots=True)
class Stored:
    """A parameter (`learned`) or a buffer of the model."""

    name: str
    learned: bool
    shape: tuple[int, ...]

    @property
    def size(self) -> int:
        """The number of its values."""
        return prod(self.shape)


@dataclass(slots=True)
class Recording:
    """A whole run. `owned` are parameters and buffers by the tensor's number, `named` the same by their names."""

    calls: list[Call] = field(default_factory=list)
    modules: list[ModuleCall] = field(default_factory=list)
    inputs: dict[str, Ref] = field(default_factory=dict)
    output: Any = None
    owned: dict[int, Stored] = field(default_factory=dict)
    named: dict[str, Stored] = field(default_factory=dict)
    types: dict[int, torch.dtype] = field(default_factory=dict)
    # The numbers of parameters and buffers by their identity.
    numbers: dict[int, int] = field(default_factory=dict)
    # Numbers of tensors that no recorded call has made.
    strangers: dict[int, str] = field(default_factory=dict)
    # The values of buffers by their names, as far as they are known.
    values: Mapping[str, Tensor] = field(default_factory=dict)


def refs(value: Any) -> Iterator[Ref]:
    """The tensors in a value, at any depth."""
    if isinstance(value, Ref):
        yield value
    elif isinstance(value, dict):
        for inside in value.values():
            yield from refs(inside)
    elif isinstance(value, list | tuple):
        for inside in value:
            yield from refs(inside)
    elif isinstance(value, slice):
        yield from refs((value.start, value.stop, value.step))


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


def place() -> str:
    """The innermost line of code that is neither PyTorch's nor ours: `net.py:12`."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        file = frame.f_code.co_filename
        if not file.startswith(IGNORED):
            return f"{shown_file(file)}:{frame.f_lineno}"
        frame = frame.f_back
    return ""


def shown_file(file: str) -> str:
    """A file for messages: from the package on for an installed one, else relative to the working folder."""
    _, collected, rest = file.rpartition(f"{os.sep}site-packages{os.sep}")
    if collected:
        return rest
    relative = os.path.relpath(file)
    return file if relative.startswith("..") else relative
