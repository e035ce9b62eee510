"""What attention within windows allocates: the steps of its forward pass under autocast, and of its backward pass."""

from collections.abc import Iterable, Iterator

from cnncalc.record import NamedTuple
from cnncalc.vocabulary.allocation import PARAMETERS, Step, Tensor
from cnncalc.vocabulary.attending_groups import FULL, GRAD_SCORES, WEIGHTS, TokenGroups
from cnncalc.vocabulary.call import Call
from cnncalc.vocabulary.partition import Partition
from cnncalc.vocabulary.relative import put_into_table
from cnncalc.vocabulary.window_products import WindowProducts


class AttendingWindows(NamedTuple):
    """Attention within windows, for a call; `has_table`: a number is learned for every relative position."""

    partition: Partition
    groups: TokenGroups
    has_table: bool
    call: Call

    @property
    def widens(self) -> bool:
        """Whether autocast computes the attention weights in float32.

        What is added to the scores is in float32, so that PyTorch promotes them; CUDA computes every softmax in it.
        """
        added = self.has_table or any(self.partition.shifts)
        return self.call.lower is not None and (added or self.call.device != "cpu")

    @property
    def products(self) -> WindowProducts:
        """The products in each window."""
        return WindowProducts(self.groups, self.call.images, self.call.subclasses)

    @property
    def _is_padded(self) -> bool:
        return self.partition.padded != self.partition.volume.spatial

    def forward(self) -> Iterator[Step]:
        """The steps of the forward pass."""
        yield from self._to_heads()
        yield from self._attention_weights()
        yield from self._to_volume()

    def _to_heads(self) -> Iterator[Step]:
        """From the input to queries, keys and values; autocast casts the windows."""
        partition, groups, call = self.partition, self.groups, self.call
        kind = FULL if call.casts else call.lower
        windows = groups.rows("windows")
        if any(partition.shifts):
            yield Step((Tensor("mask", (partition.windows, partition.tokens**2), PARAMETERS),))
        # Padding copies even where it adds nothing.
        moved = ["padded"]
        moved += [f"rolled_{axis}" for axis in partition.shifted]
        for before, name in zip(["", *moved], moved, strict=False):
            frees = (before,) if before else ()
            yield Step((windows._replace(name=name, dtype=kind),), frees)
        whole = windows._replace(name="windows_whole", dtype=FULL) if call.casts else windows
        yield Step((whole,), tuple(moved[-1:]))
        cast = (windows,) if call.casts else ()
        spent = () if call.training else tuple(item.name for item in cast)
        yield Step((*cast, groups.rows("projected", 3)), spent, casts=("qkv.bias", "qkv.weight"))

    def _attention_weights(self) -> Iterator[Step]:
        """From queries and keys to the attention weights."""
        groups, name = self.groups, "scores"
        yield from self.products.scores()
        if self.has_table:
            bias = Tensor("bias", (groups.tokens**2, groups.heads), PARAMETERS)
            yield Step((bias, groups.square("with_bias")._replace(dtype=PARAMETERS)), (name,))
            name = "with_bias"
        if any(self.partition.shifts):
            yield Step((groups.square("masked")._replace(dtype=PARAMETERS),), (name,))
            name = "masked"
        attention_weights = groups.square("attention_weights")
        if not self.widens:
            yield Step((attention_weights,), (name,))
            return
        wide = (groups.wide_square("scores_whole"),) * (name == "scores")
        yield Step((*wide, groups.wide_square(WEIGHTS)), (name, *(item.name for item in wide)))
        # The product reads a cast, which lives as long as the product.
        yield Step((attention_weights,))

    def _to_volume(self) -> Iterator[Step]:
        """From the attention weights to the output."""
        groups = self.groups
        yield from self.products.result(("attention_weights",) if self.widens else ())
        yield Step((), ("windows_whole" if self.call.casts else "windows",))
        name = "projected_back"
        joined = "joined" if self.products.joins else "split"
        yield Step((groups.rows(name),), (joined,), casts=("proj.bias", "proj.weight"))
        moved = ["put_back", *(f"rolled_back_{axis}" for axis in self.partition.shifted)]
        for new in moved if self._is_padded else moved[:-1]:
            yield Step((groups.rows(new),), (name,))
            name = new
        yield Step((), (name,))

    def backward(self, weights: tuple[Tensor, ...], *, wanted: bool) -> Iterator[Step]:
        """The steps of the forward pass in reverse, with a copy wherever positions or heads are reordered.

        `weights` are gradients: of the table, if there is one, and of the linear layers, in their order.
        """
        *table, entering_weight, entering_bias, leaving_weight, leaving_bias = weights
        entering = (entering_weight, entering_bias)
        first = [*self._uncropped(), *self._rolled(), *(self._grad("reordered"),) * self.partition.reorders]
        yield from _chain("grad", first)
        grad = first[-1].name if first else "grad"
        of_table = tuple(step for tensor in table for step in self._table(tensor))
        yield from self.products.backward(
            grad, (leaving_weight, leaving_bias), wide=self.widens, table=of_table
        )
        spent = ("grad_heads", "windows")
        if not wanted:
            yield Step(entering, spent)
            return
        back = self._to_input()
        if not self.call.casts:
            yield Step((*entering, back[0]), spent)
        else:
            narrow = self._grad("windows")
            yield Step((*entering, narrow), spent)
            back = [tensor._replace(dtype=FULL) for tensor in back]
            if len(back) > 1:
                back[0] = back[0]._replace(name="grad_windows_whole")
            yield Step((back[0],), (narrow.name,), casts=("qkv.weight", "qkv.bias"))
        yield from _chain(back[0].name, back[1:])

    def _grad(self, of: str) -> Tensor:
        return self.groups.rows(f"grad_{of}")

    def _rolled(self, end: str = "") -> tuple[Tensor, ...]:
        return tuple(self._grad(f"rolled_{axis}{end}") for axis in reversed(self.partition.shifted))

    def _uncropped(self) -> Iterator[Tensor]:
        """The gradient with the padding positions added back as zeros, axis by axis."""
        (height, width), channels = self.partition.padded, self.partition.volume.channels
        rows, columns = self.partition.volume.spatial
        if width > columns:
            yield Tensor("grad_wider", (rows, width, channels), batched=True)
        if height > rows:
            yield Tensor("grad_higher", (height, width, channels), batched=True)

    def _table(self, gradient: Tensor) -> Iterator[Step]:
        """The gradient of the table: the sum over all windows and images, put into the table's order, then into it."""
        bias = Tensor("grad_bias", (self.groups.tokens**2, self.groups.heads), PARAMETERS)
        yield Step((bias,), (GRAD_SCORES,) * self.widens)
        # On a CPU a view is enough.
        if self.call.device != "cpu" and self.groups.reorders_heads:
            yield Step((bias._replace(name="grad_distances"),), (bias.name,))
            bias = bias._replace(name="grad_distances")
        yield put_into_table((gradient,), bias.name, self.call)

    def _to_input(self) -> list[Tensor]:
        """The gradient of the windows, and what it becomes until it is the gradient of the input."""
        volume = self.partition.volume
        back = [
            self._grad("windows"),
            *(self._grad("reordered_back"),) * (self.partition.put_back is None),
            *self._rolled("_back"),
            Tensor("grad_filled", volume.torch, batched=True),
        ]
        back[-1] = back[-1]._replace(name="grad0")
        return back


def _chain(first: str, tensors: Iterable[Tensor]) -> Iterator[Step]:
    """A chain of tensors, each computed from the one before it."""
    for tensor in tensors:
        yield Step((tensor,), (first,))
        first = tensor.name
