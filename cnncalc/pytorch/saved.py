"""What autograd saves in a forward pass for the backward pass."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor


class Saved:
    """What autograd saves in a forward pass, and whether it is unchanged when it is used."""

    def __init__(self, model: torch.nn.Module) -> None:
        self._own = {_storage(tensor) for tensor in (*model.parameters(), *model.buffers())}
        # The bytes of every storage by its identity, without parameters and buffers.
        self._found: dict[int, int] = {}
        # Kept alive in the forward pass, so that no new storage can have the identity of a freed one.
        self._alive: list[Tensor] = []
        self._overwritten: set[int] = set()

    @property
    def nbytes(self) -> int:
        return sum(self._found.values())

    @property
    def overwritten(self) -> int:
        """Tensors that a layer has overwritten in place: their gradients are wrong.

        PyTorch raises an error for them, but not if hooks like these are used.
        """
        return len(self._overwritten)

    @contextmanager
    def watched(self) -> Iterator[None]:
        with torch.autograd.graph.saved_tensors_hooks(self._pack, self._unpack):
            yield
        self._alive.clear()

    def _pack(self, tensor: Tensor) -> tuple[Tensor, int]:
        if _storage(tensor) not in self._own:
            self._found[_storage(tensor)] = tensor.untyped_storage().nbytes()
            self._alive.append(tensor)
        return tensor, tensor._version

    def _unpack(self, saved: tuple[Tensor, int]) -> Tensor:
        tensor, version = saved
        if tensor._version != version and _storage(tensor) not in self._own:
            self._overwritten.add(_storage(tensor))
        return tensor


def _storage(tensor: Tensor) -> int:
    return int(tensor.untyped_storage()._cdata)
