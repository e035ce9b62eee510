"""Which tensor of a recording each tensor of the run is now: one that is written into becomes another."""

from collections.abc import Iterator, Mapping
from types import CodeType
from typing import Any

import torch
from torch import Tensor, nn

from cnncalc.importers import Scope
from cnncalc.importers.draft import IN_MODULE
from cnncalc.pytorch.capture.code_lines import CodeLines
from cnncalc.pytorch.capture.parts import named_parts
from cnncalc.pytorch.capture.product_macs import WRITTEN
from cnncalc.pytorch.capture.recording import Call, Recording, Ref, Stored


class Tracked:
    """The tensors of a run by their identity: all of them stay alive, so that no two have the same one."""

    def __init__(self, model: nn.Module, caller: CodeType) -> None:
        self.recording = Recording()
        self.scopes: tuple[Scope, ...] = ()
        self.places = CodeLines(caller)
        self.now: dict[int, Ref] = {}
        self.versions: dict[int, int] = {}
        # What was written into, and what it became by that.
        self.writes: list[tuple[Tensor, Ref]] = []
        self._alive: list[Tensor] = []
        # The versions of parameters and buffers before the run, by their numbers.
        self._first: dict[int, int] = {}
        for stored, tensor in stored_tensors(model):
            if id(tensor) not in self.now:
                number = self.new(tensor).number
                self._first[number] = tensor._version
                self.recording.owned[number] = self.recording.named[stored.name] = stored
            self.recording.numbers[stored.name] = self.now[id(tensor)].number

    def place(self) -> str:
        """Where the model's code is now: a line, or the module where PyTorch's own modules call each other."""
        return self.places.now() or (f"{IN_MODULE}`{self.scopes[-1].path}`" if self.scopes else "")

    def new(self, tensor: Tensor) -> Ref:
        """A number for a tensor that is new, or that has been written into."""
        number, identity = len(self._alive), id(tensor)
        self._alive.append(tensor)
        ref = self.now[identity] = Ref(number, tuple(tensor.shape))
        self.versions[identity] = tensor._version
        self.recording.types[number] = tensor.dtype
        return ref

    def ref(self, tensor: Tensor) -> Ref:
        """What a tensor is now."""
        ref = self.now.get(id(tensor))
        if ref is None:
            ref = self.new(tensor)
            self.recording.strangers[ref.number] = self.place()
        elif tensor._version != self.versions[id(tensor)] and ref.number not in self.recording.owned:
            return self._changed(tensor, ref)
        return ref

    def _changed(self, tensor: Tensor, before: Ref) -> Ref:
        """A tensor that was written into through another tensor with the same memory."""
        memory = tensor.untyped_storage()._cdata
        writers = [ref for other, ref in self.writes if other.untyped_storage()._cdata == memory]
        after = self.new(tensor)
        reads = (before, *writers[-1:])
        self.recording.calls.append(
            Call(WRITTEN, reads, {}, reads, (after,), False, False, self.scopes, self.place())
        )
        return after

    def read(self, value: Any, reads: list[Ref] | None = None) -> Any:
        """A value with a `Ref` for each tensor in it, which are added to `reads`, in order."""
        if isinstance(value, Tensor):
            ref = self.ref(value)
            if reads is not None:
                reads.append(ref)
            return ref
        if isinstance(value, list | tuple):
            if isinstance(value, torch.Size):
                return tuple(value)
            return [self.read(inside, reads) for inside in value]
        if isinstance(value, dict):
            return {key: self.read(inside, reads) for key, inside in value.items()}
        if isinstance(value, slice):
            return slice(*(self.read(part, reads) for part in (value.start, value.stop, value.step)))
        return value

    def unchanged_values(self) -> dict[str, Tensor]:
        """The values of buffers, apart from those that the run has written into, perhaps through a view."""
        changed = {
            stored.name
            for number, stored in self.recording.owned.items()
            if self._alive[number]._version != self._first[number]
        }
        return {name: values for name, values in self.recording.values.items() if name not in changed}


def stored_tensors(model: nn.Module) -> Iterator[tuple[Stored, Tensor]]:
    """All parameters of a module by each of their names, then all buffers."""
    parts = named_parts(model)
    for learned in (True, False):
        for path, part in parts:
            own = part._parameters if learned else part._buffers
            for name, tensor in own.items():
                if tensor is not None:
                    whole = f"{path}.{name}" if path else name
                    frozen = learned and not tensor.requires_grad
                    yield Stored(whole, learned, tuple(tensor.shape), frozen), tensor


def tensors(value: Any) -> Iterator[Tensor]:
    """The tensors in a value, at any depth."""
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, list | tuple):
        for inside in value:
            yield from tensors(inside)
    elif isinstance(value, Mapping):
        for inside in value.values():
            yield from tensors(inside)
