"""Which calls of a recording read a tensor."""

from collections.abc import Collection

from cnncalc.pytorch.capture.recording import Call, Recording, refs

# Functions that multiply two tensors and sum.
PRODUCTS = frozenset(("matmul", "bmm", "einsum"))


class Readers:
    """The calls that read each tensor, among those that lead to an output (`calls`, by their index)."""

    def __init__(self, recording: Recording, calls: Collection[int]) -> None:
        self._outputs = {ref.number for ref in refs(recording.output)}
        self._readers: dict[int, list[Call]] = {}
        for index in sorted(calls):
            for ref in recording.calls[index].reads:
                self._readers.setdefault(ref.number, []).append(recording.calls[index])

    def are_all(self, number: int, names: Collection[str]) -> bool:
        """Whether only calls of functions with these names read a tensor, and it is no output."""
        calls = self._readers.get(number, [])
        return number not in self._outputs and bool(calls) and all(call.short in names for call in calls)

    def lead_to_product(self, number: int) -> bool:
        """Whether a tensor, and each that is made of it up to the next product, is read once and is no output."""
        while number not in self._outputs:
            match self._readers.get(number, []):
                case [call] if call.short.strip("_") in PRODUCTS:
                    return True
                case [call]:
                    results = {ref.number for ref in call.outputs if ref is not None}
                case _:
                    return False
            used = [own for own in results if own in self._readers or own in self._outputs]
            if len(used) != 1:
                return False
            (number,) = used
        return False
