"""What a call of a recording reads: each tensor as a value of the network, or as a tensor of the model."""

from abc import abstractmethod
from typing import Any

from cnncalc.pytorch.capture.mapping import Unmapped
from cnncalc.pytorch.capture.recording import Call, ModuleCall, Ref
from cnncalc.pytorch.capture.unknowns import Unknowns
from cnncalc.pytorch.capture.values import Own
from cnncalc.pytorch.capture.views import Tensor, own_of


class Operands(Unknowns):
    """Gives the arguments of calls, and takes back layers of a call that has turned out to have none."""

    @abstractmethod
    def settled(self, tensor: Any) -> Any:
        """A tensor; for one that is pending, the layers that make it."""

    def tensor(self, ref: Ref) -> Tensor:
        """What a tensor of the recording is."""
        tensor = self._tensors.get(ref.number)
        if tensor is None:
            # Made by no recorded call.
            self.notes.stranger(self.recording.strangers.get(ref.number, ""))
            tensor = own_of(ref.shape, (), foreign=self.recording.strangers.get(ref.number, ""))
            self._tensors[ref.number] = tensor
        return tensor  # type: ignore[return-value]

    def parameter(self, module: ModuleCall, name: str) -> Own:
        """A parameter or buffer of a module by its name there. Raises `Unmapped` if it has none of this name."""
        path = module.scope.path
        number = self.recording.numbers.get(f"{path}.{name}" if path else name)
        if number is None:
            raise Unmapped(f"it has no {name}")
        return self.own(self._tensors[number])

    def _given(self, value: Any, *, settle: bool = True) -> Any:
        """Arguments with a `Value` or an `Own` for each tensor, or what is pending."""
        if isinstance(value, Ref):
            tensor = self.tensor(value)
            return self.settled(tensor) if settle else tensor
        if isinstance(value, dict):
            return {key: self._given(inside, settle=settle) for key, inside in value.items()}
        if isinstance(value, list | tuple):
            return [self._given(inside, settle=settle) for inside in value]
        if isinstance(value, slice):
            return slice(
                *(self._given(part, settle=settle) for part in (value.start, value.stop, value.step))
            )
        return value

    def _arguments(self, call: Call) -> dict[str, Any]:
        return {
            **{str(index): self._given(item) for index, item in enumerate(call.arguments)},
            **self._given(dict(call.keywords)),
        }

    def _state(self) -> tuple[int, int]:
        """The layers so far, to go back to."""
        return len(self.nodes), self.changes.count

    def _restore(self, state: tuple[int, int]) -> None:
        """Takes back all layers since then."""
        count, changes = state
        self.changes.back_to(changes)
        for node in self.nodes[count:]:
            del self.by_node[node.name]
            self.open.pop(node.name, None)
        del self.nodes[count:]
