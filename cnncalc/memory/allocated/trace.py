"""What a run allocates and frees, in order: a trace of tensors, whose sizes grow with the batch."""

from cnncalc.record import NamedTuple


class HeldTensor(NamedTuple):
    """One tensor of a trace: its bytes (`fixed` ones, and `each` for every image), and what it is.

    `node` is the index of the layer that makes it (None: no layer's). Several equal tensors that stay to the end are
    one entry with their number in `copies`.
    """

    fixed: int
    each: int
    category: str
    node: int | None
    name: str
    copies: int = 1

    @property
    def for_a_moment(self) -> bool:
        """Whether it is the workspace of a layer, which the layer can do without."""
        return self.category == "workspace" and self.node is not None

    def nbytes(self, batch: int, rounding: int = 1) -> int:
        """The bytes of all `copies`, each rounded up to a multiple of `rounding`."""
        return -(-(self.fixed + self.each * batch) // rounding) * rounding * self.copies


class Mark(NamedTuple):
    """From this event on, until the next mark: the phase of the step, and the layer that is at work."""

    event: int
    phase: str
    node: int | None


class Trace(NamedTuple):
    """Events in order: a tensor's number where it is allocated, `~number` where it is freed."""

    tensors: tuple[HeldTensor, ...]
    events: tuple[int, ...]
    marks: tuple[Mark, ...]


class TraceRecorder:
    """Records a trace as PyTorch holds tensors: each lives until its last holder drops it."""

    def __init__(self) -> None:
        self._tensors: list[HeldTensor] = []
        self._holders: list[int] = []
        self._events: list[int] = []
        self._marks: list[Mark] = []

    def mark(self, phase: str, node: int | None = None) -> None:
        """What follows happens in this phase, in this layer."""
        self._marks.append(Mark(len(self._events), phase, node))

    def make(
        self,
        nbytes: int,
        category: str,
        node: int | None,
        name: str,
        *,
        batched: bool = False,
        count: int = 1,
    ) -> int:
        """Allocate a tensor with one holder; `nbytes` are those of one image where it is `batched`. Returns its number.

        A `count` of more than 1 makes several equal tensors, which are never freed.
        """
        number = len(self._tensors)
        fixed, each = (0, nbytes) if batched else (nbytes, 0)
        self._tensors.append(HeldTensor(fixed, each, category, node, name, count))
        self._holders.append(1)
        self._events.append(number)
        return number

    def moment(self, fixed: int, each: int, category: str, node: int | None, name: str) -> None:
        """A tensor that is allocated and freed at once: `fixed` bytes, and `each` for every image."""
        number = len(self._tensors)
        self._tensors.append(HeldTensor(fixed, each, category, node, name))
        self._holders.append(0)
        self._events += number, ~number

    def rename(self, number: int, category: str, node: int | None, name: str) -> None:
        """A tensor that becomes another one without a copy, such as the gradient of a parameter."""
        self._tensors[number] = self._tensors[number]._replace(category=category, node=node, name=name)

    def hold(self, number: int) -> int:
        """One more holder."""
        self._holders[number] += 1
        return number

    def drop(self, number: int) -> None:
        """One holder less; the last one frees it."""
        self._holders[number] -= 1
        if not self._holders[number]:
            self._events.append(~number)

    def alone(self, number: int) -> bool:
        """Whether it has one holder."""
        return self._holders[number] == 1

    def tensor(self, number: int) -> HeldTensor:
        """What a tensor is."""
        return self._tensors[number]

    def trace(self) -> Trace:
        return Trace(tuple(self._tensors), tuple(self._events), tuple(self._marks))
