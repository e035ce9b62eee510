"""What `torch.nn.MultiheadAttention` allocates where nobody asks for its weights (`need_weights=False`).

In training it is `multi_head_attention_forward` (torch/nn/functional.py): the tokens before the images, one linear
layer, `scaled_dot_product_attention`, another linear layer. For predictions it is one operation
(aten/src/ATen/native/transformers/attention.cpp, and cuda/attention.cu), except under autocast.
"""

from collections.abc import Iterator

from cnncalc.record import NamedTuple
from cnncalc.vocabulary.allocation import Kept, Step, Tensor
from cnncalc.vocabulary.attending import KEYS, PARTS, VALUES, Passes
from cnncalc.vocabulary.attending_groups import TokenGroups
from cnncalc.vocabulary.attention_kernels import MATH, ORDERS, Asked
from cnncalc.vocabulary.call import Call
from cnncalc.vocabulary.scaled_dot_product import ATTENDED, ScaledDotProduct
from cnncalc.vocabulary.selected import selected_backward
from cnncalc.vocabulary.strides import Strides, contiguous, in_order, regrouped
from cnncalc.vocabulary.torch_versions import ATTENTION_DROPS_HEADS

ALL = Passes(True, True, True, True)
# The fast path leaves its own products for a kernel only where heads are a multiple of this wide.
FAST_HEADS = 8
# Its name for the products that the one operation computes itself.
OWN = "nn.MultiheadAttention"


class MultiheadAttention(NamedTuple):
    """One use of it: `groups` of tokens attend among themselves; `strides` are those of (groups, tokens, channels)."""

    groups: TokenGroups
    bias: bool
    call: Call
    strides: Strides

    @property
    def asked(self) -> Asked:
        groups = self.groups
        width = groups.width // groups.heads
        return Asked(groups.heads, groups.tokens, groups.tokens, width, width)

    @property
    def product(self) -> ScaledDotProduct:
        width = self.groups.width
        strides = (width, width // self.groups.heads, self._rows * width, 1)
        return ScaledDotProduct(self.asked, self.call, (strides,) * 3, self.groups.number)

    @property
    def is_fast(self) -> bool:
        """Whether it is one operation: on a CPU under autocast too, if the tokens have the type of the weights."""
        call = self.call
        allowed = call.lower is None or (call.device == "cpu" and call.casts)
        return (
            call.device in ORDERS
            and not call.training
            and allowed
            and self.bias
            and self.groups.heads % 2 == 0
        )

    @property
    def kernel(self) -> str:
        """The kernel that runs: of the one operation only on CUDA, and where heads are wide enough."""
        own = self.is_fast and (self.call.device == "cpu" or self.asked.key % FAST_HEADS > 0)
        return OWN if own or (self.is_fast and self.product.kernel == MATH) else self.product.kernel

    @property
    def _rows(self) -> int:
        """How many groups there are in a batch, as far as it matters."""
        return self.groups.number * self.call.images

    @property
    def _turned(self) -> tuple[tuple[int, int, int], Strides]:
        """The sizes and strides with the tokens first."""
        first, second, third = self.strides
        return (self.groups.tokens, self._rows, self.groups.width), (second, first, third)

    @property
    def is_contiguous(self) -> bool:
        """Whether the tokens come first in memory."""
        return contiguous(*self._turned)

    @property
    def copies(self) -> bool:
        """Whether the linear layer reads a copy with the tokens first. Frozen weights are multiplied group by group."""
        (tokens, rows, width), strides = self._turned
        if self.call.frozen and not self.is_contiguous:
            return False
        return regrouped((tokens, rows, width), strides, (tokens * rows, width)) is None

    @property
    def _copies_heads(self) -> bool:
        """Whether queries, keys and values are copied apart: not those of a single token."""
        return self._rows * self.groups.tokens > 1

    @property
    def heads(self) -> Tensor:
        """Queries, keys and values of all heads."""
        return self.groups.rows("heads" if self._copies_heads else "projected", 3)

    @property
    def _parts(self) -> tuple[Tensor, ...]:
        return (self.heads,)

    @property
    def joins(self) -> bool:
        """Whether the result is copied to join the heads."""
        groups = self.groups
        images, heads, positions, width = self.product.result_strides
        sizes = (groups.tokens, self._rows, groups.heads, groups.width // groups.heads)
        return not contiguous(sizes, (positions, images, heads, width))

    def kept(self) -> tuple[Kept, ...]:
        """What autograd keeps besides the operand."""
        return (*self.product.kept(self._parts, ALL), *map(self.groups.rows, self._joined))

    @property
    def _joined(self) -> tuple[str, ...]:
        """What the last linear layer keeps, if it is not what the function keeps."""
        if self.joins:
            return ("joined",)
        return (ATTENDED,) * (self.product.kernel == MATH)

    def forward(self, copy: Tensor, entering: tuple[int | str, ...]) -> Iterator[Step]:
        """The steps from the operand (of which `copy` is a copy) to the result; `entering` is cast for the first."""
        groups, copies = self.groups, (copy,) * self.copies
        projected = groups.rows("projected", 3)
        if not self.is_contiguous and self.bias and self.call.subclasses:
            # The bias is added after the product. Its copy is gone by then, and what was cast for it is there.
            product = groups.rows("product", 3)
            # What was cast for this linear layer is there until it is done; what learns, for longer.
            cast = (
                *(f"{name} cast" for name in entering if self.call.autocast),
                *("0 cast",) * self.call.casts,
            )
            yield Step((*copies, product), tuple(item.name for item in copies), casts=(*entering, 0))
            yield Step((projected,), (product.name, *cast))
        else:
            yield Step((*copies, projected), tuple(item.name for item in copies), casts=(*entering, 0))
        if self._copies_heads:
            yield Step((self.heads,), ("projected",))
        yield from self.product.forward()
        if ATTENTION_DROPS_HEADS.holds(self.call.torch):
            yield Step((), (self.heads.name,))
        if self.joins:
            yield Step((groups.rows("joined"),), (ATTENDED,))
        yield Step(casts=("out_proj.bias", "out_proj.weight"))

    def predict(self, casts: tuple[int | str, ...]) -> Iterator[Step]:
        """The one operation for predictions. Fake tensors do not see the steps inside.

        Autocast casts queries, keys and values each, though they are one tensor.
        """
        groups, call = self.groups, self.call
        more = tuple(groups.rows(f"{part} cast") for part in (KEYS, VALUES) if call.casts)
        spent: tuple[str, ...] = ("0 cast", *(item.name for item in more)) if more else ()
        if call.subclasses:
            yield Step(more, spent, casts=(*casts, 0))
            return
        if self.kernel != OWN:
            yield Step((groups.rows("projected", 3),))
            # The result lies as it is joined.
            yield from self.product.forward()
            yield Step()
            return
        given = (self._rows, groups.tokens, groups.width)
        turned = regrouped(given, self.strides, (given[0] * given[1], given[2])) is None
        copies = (groups.rows("copied"),) * (turned and not call.casts)
        if more:
            apart = tuple(groups.rows(f"projected_{part}") for part in PARTS)
            yield Step((*more, *apart), casts=(*casts, 0))
            yield Step((groups.rows("projected", 3),), tuple(item.name for item in apart))
        else:
            yield Step((*copies, groups.rows("projected", 3)), casts=casts)
        yield Step((groups.rows("heads", 3),), ("projected", *(item.name for item in copies)))
        # The softmax is computed in place, and the result is written over the queries.
        yield Step((groups.square("scores"),), ("scores",))
        yield Step((groups.rows("joined"),))
        yield Step((), spent)

    @property
    def _given(self) -> tuple[int, int, int]:
        return self._rows, self.groups.tokens, self.groups.width

    def backward(self, name: str, lying: Strides, leaving: tuple[Tensor, ...]) -> Iterator[Step]:
        """From the gradient of the result, `name`, to that of the projections, `grad_projected`.

        `lying` are the strides of the gradient as (groups, tokens, channels). `leaving` are the gradients of the last
        linear layer.
        """
        groups = self.groups
        given = self._given
        first, second, third = lying
        if (
            regrouped((given[1], given[0], given[2]), (second, first, third), (given[0] * given[1], given[2]))
            is None
        ):
            yield Step((groups.rows("grad_turned"),), (name,))
            name = "grad_turned"
        yield Step((*leaving, groups.rows("grad_joined")), (name, *self._joined))
        width = groups.width // groups.heads
        heads = (groups.width, width, self._rows * groups.width, 1)
        # Without a copy the result itself is what the last linear layer has read.
        yield from self.product.backward("grad_joined", heads, self._parts, ALL)
        for part in PARTS:
            yield from self._moved(part)
        yield from selected_backward(groups.rows, subclasses=self.call.subclasses)
        if self._copies_heads:
            yield Step((groups.rows("grad_projected", 3),), ("grad_stacked",))
        else:
            yield Step(passes=(("grad_projected", "grad_stacked"),), frees=("grad_stacked",))

    def _moved(self, part: str) -> Iterator[Step]:
        """From the gradient of queries, keys or values by head to that with the tokens first."""
        tokens, heads, width = self.groups.tokens, self.groups.heads, self.groups.width // self.groups.heads
        sizes = (self._rows, heads, tokens, width)
        strides = self.product.gradient_strides(part)
        joint = regrouped(sizes, strides, (sizes[0] * heads, tokens, width))
        if joint is None:
            yield from self._copied(part)
            joint = in_order((sizes[0] * heads, tokens, width))
        split = regrouped(
            (tokens, sizes[0] * heads, width),
            (joint[1], joint[0], joint[2]),
            (tokens, sizes[0], heads * width),
        )
        if split is None:
            yield from self._copied(part)

    def _copied(self, part: str) -> Iterator[Step]:
        yield Step((self.product.part(part, "grad_moved_"),), (f"grad_{part}",))
        yield Step(passes=((f"grad_{part}", f"grad_moved_{part}"),), frees=(f"grad_moved_{part}",))
