"""What `scaled_dot_product_attention` allocates, by the kernel that runs: forward, kept, and backward.

Kernels fuse the products with the softmax: they keep the result and the logarithm of each row's sum, not the weights.
(aten/src/ATen/native/transformers/attention.cpp, cuda/attention.cu, cuda/attention_backward.cu, cuda/flash_attn.)
"""

from collections.abc import Iterator

from cnncalc.record import NamedTuple
from cnncalc.vocabulary.allocation import Kept, Step, Tensor
from cnncalc.vocabulary.attending import FULL, KEYS, PARTS, QUERIES, VALUES, Passes
from cnncalc.vocabulary.attention_kernels import (
    EFFICIENT,
    FLASH,
    FLASH_STEP,
    MATH,
    NARROW,
    Asked,
    kernel,
)
from cnncalc.vocabulary.attention_workspace import backward_workspace
from cnncalc.vocabulary.call import Call
from cnncalc.vocabulary.strides import Strides, in_order, regrouped

ATTENDED, SUMS, WEIGHTS, MASK = "attended", "log_sum_exp", "attention_weights", "mask"
# What stands for the random numbers of dropout, which the kernels of CUDA return in any case.
SEEDS = ("seed", "offset")
# The memory-efficient kernel rounds the rows of sums up to this, and the columns of a mask to the other.
SUMS_STEP, MASK_STEP = 32, 8
# In the gradient of a mask it rounds the columns up to this.
GRAD_MASK_STEP = 16


class ScaledDotProduct(NamedTuple):
    """One use of it for a call; `rows` of positions in each image attend among themselves.

    `lying` are the strides of queries, keys and values, each as (images, heads, positions, width). The result has the
    name `result`, which is `output` if it is the layer's own.
    """

    asked: Asked
    call: Call
    lying: tuple[Strides, Strides, Strides]
    rows: int = 1
    result: str = ATTENDED

    @property
    def kernel(self) -> str:
        return kernel(self.asked, self.call)

    @property
    def _on_cpu(self) -> bool:
        return self.call.device == "cpu"

    @property
    def _widens(self) -> bool:
        """Whether products written out compute in float32, as they do for 16 bits."""
        return self.call.dtype in NARROW

    @property
    def _type(self) -> str | None:
        return FULL if self._widens else None

    @property
    def _fills(self) -> bool:
        """Whether heads are filled up with zeros, to a width that flash attention has."""
        return self.kernel == FLASH and not self._on_cpu and bool(self.asked.key % FLASH_STEP)

    @property
    def _pads_mask(self) -> bool:
        return self.kernel == EFFICIENT and self.asked.mask and bool(self.asked.keys % MASK_STEP)

    def _width(self, part: str) -> int:
        return self.asked.value if part == VALUES else self.asked.key

    def part(self, part: str, prefix: str = "", dtype: str | None = None) -> Tensor:
        """Queries, keys or values by head, or their gradient."""
        length = self.asked.queries if part == QUERIES else self.asked.keys
        return Tensor(
            f"{prefix}{part}", (self.rows * self.asked.heads, length, self._width(part)), dtype, batched=True
        )

    def _filled(self, part: str, prefix: str = "") -> Tensor:
        tensor = self.part(part, f"{prefix}filled_")
        *sizes, width = tensor.shape
        return tensor._replace(shape=(*sizes, _rounded(width, FLASH_STEP)))

    def _result(self, name: str, dtype: str | None = None) -> Tensor:
        asked = self.asked
        width = _rounded(asked.value, FLASH_STEP) if self._fills else asked.value
        return Tensor(name, (self.rows * asked.heads, asked.queries, width), dtype, batched=True)

    def _square(self, name: str, dtype: str | None = None) -> Tensor:
        asked = self.asked
        return Tensor(name, (self.rows * asked.heads, asked.queries, asked.keys), dtype, batched=True)

    def _sums(self) -> Tensor:
        """The logarithm of each row's sum: of float64 in float64, else in float32."""
        rows = self.asked.queries
        if self.kernel == EFFICIENT:
            rows = _rounded(rows, SUMS_STEP)
        dtype = None if self.call.dtype == "float64" else FULL
        return Tensor(SUMS, (self.rows * self.asked.heads, rows), dtype, batched=True)

    def _seeds(self) -> tuple[Tensor, ...]:
        if self._on_cpu:
            return ()
        first = (2,) if self.kernel == FLASH else ()
        return Tensor(SEEDS[0], first, "int64"), Tensor(SEEDS[1], (), "int64")

    def _padded_mask(self, name: str) -> Tensor:
        asked = self.asked
        return Tensor(name, (asked.heads, asked.queries, _rounded(asked.keys, MASK_STEP)))

    def forward(self) -> Iterator[Step]:
        """From queries, keys and values, which stay, to the result, `ATTENDED`."""
        if self.kernel == MATH:
            yield from self._products()
            return
        spent = [SUMS, *SEEDS]
        if self._fills:
            filled = tuple(map(self._filled, PARTS))
            yield Step(filled)
            spent += [tensor.name for tensor in filled]
        if self._pads_mask:
            yield Step((self._padded_mask("mask_padded"),))
            spent.append("mask_padded")
        # Without gradients the memory-efficient kernel writes no sums.
        sums = (self._sums(),) * (self.call.training or self.kernel != EFFICIENT)
        allocates = (self._result(self.result), *sums, *self._seeds())
        names = {tensor.name for tensor in allocates}
        yield Step(allocates, tuple(name for name in spent if name in names or name not in (SUMS, *SEEDS)))

    def _products(self) -> Iterator[Step]:
        """The products written out."""
        asked, kind = self.asked, self._type
        spent = ["scaled_queries", WEIGHTS]
        if self._widens:
            whole = tuple(self.part(part, "whole_", FULL) for part in PARTS)
            yield Step(whole)
            spent += [tensor.name for tensor in whole]
        yield Step((self.part(QUERIES, "scaled_", kind),))
        splits = {part for part in PARTS if self._splits(part)}
        if asked.causal:
            pairs = (asked.queries, asked.keys)
            yield Step((Tensor("ones", pairs, "bool"), Tensor("earlier", pairs, "bool")), ("ones",))
            numbers = (Tensor("zero", (), kind), Tensor("infinity", (), kind))
            yield Step((*numbers, Tensor("later", pairs, kind)), ("zero", "infinity", "earlier"))
            spent.append("later")
        apart = tuple(self.part(part, "split_", kind) for part in (QUERIES, KEYS) if part in splits)
        yield Step(
            (self.part(KEYS, "scaled_", kind), *apart, self._square("scores", kind)),
            ("scaled_keys", *(tensor.name for tensor in apart)),
        )
        name = "scores"
        if (asked.causal or asked.mask) and self.call.subclasses:
            # Otherwise it is added in place.
            name = "masked"
            yield Step((self._square(name, kind),), ("scores",))
        weights = self._square(WEIGHTS, kind)
        if self.call.subclasses:
            yield Step((weights,), (name,))
        else:
            # `_safe_softmax` writes zeros over rows that have nothing but -inf.
            empty = self._square("is_infinite", "bool")
            rows = Tensor("rows_infinite", empty.shape[:-1], "bool", batched=True)
            inside = (self._square("shares", kind), empty, rows)
            yield Step((*inside, weights), (name, *(tensor.name for tensor in inside)))
        read = (self.part(VALUES, "split_", kind),) * (VALUES in splits)
        read_last = tuple(tensor.name for tensor in read)
        if not self._widens:
            yield Step((*read, self._result(self.result)), (*read_last, *spent))
            return
        yield Step((self._square("weights_narrow"),))
        yield Step((*read, self._result("attended_whole", FULL)), read_last)
        yield Step((self._result(self.result),), (*spent, "attended_whole", "weights_narrow"))

    def kept(self, parts: tuple[Kept, ...], passes: Passes, mask: Tensor | None = None) -> tuple[Kept, ...]:
        """What autograd keeps: `parts` hold queries, keys and values, the last one the values; `mask` is the mask."""
        if not any(passes):
            return ()
        if self.kernel != MATH:
            held = tuple(map(self._filled, PARTS)) if self._fills else tuple(dict.fromkeys(parts))
            padded = self._padded_mask("mask_padded") if self._pads_mask else mask
            masks = () if padded is None or not self.asked.mask else (padded,)
            result: Kept = "output" if self.result == "output" else self._result(self.result)
            return (*held, *masks, result, self._sums(), *self._seeds())
        kind = self._type
        queries, keys = (
            self.part(part, "split_" if self._splits(part) else "scaled_", kind) for part in (QUERIES, KEYS)
        )
        return (
            *(queries,) * passes.keys,
            *(keys,) * passes.queries,
            *(self._square(WEIGHTS, kind),) * (passes.scores or passes.values),
            *(self._values(parts),) * passes.scores,
        )

    def _values(self, parts: tuple[Kept, ...]) -> Kept:
        """What the product with the attention weights reads."""
        if self._splits(VALUES):
            return self.part(VALUES, "split_", self._type)
        return self.part(VALUES, "whole_", FULL) if self._widens else parts[-1]

    def backward(self, grad: str, lying: Strides, parts: tuple[Kept, ...], passes: Passes) -> Iterator[Step]:
        """From the gradient of the result, with the strides `lying`, to those of queries, keys and values.

        That of a learned mask is `grad_mask`.
        """
        if self.kernel == MATH:
            yield from self._products_backward(grad, lying, parts, passes)
            return
        if self._fills:
            yield Step((self._result("grad_filled"),), (grad,))
            grad = "grad_filled"
        kept = map(_name, self.kept(parts, passes, Tensor(MASK, ())))
        gradients = tuple(
            self._filled(part, "grad_") if self._fills else self.part(part, "grad_") for part in PARTS
        )
        wanted = (passes.queries, passes.keys, passes.values)
        unneeded = tuple(tensor.name for tensor, want in zip(gradients, wanted, strict=True) if not want)
        mask = (self._whole_grad_mask(),) * self._mask_learns
        inside = (
            () if self.call.subclasses else backward_workspace(self.kernel, self.asked, self.rows, self.call)
        )
        yield Step(
            (*gradients, *mask, *inside), (grad, *kept, *unneeded, *(tensor.name for tensor in inside))
        )
        if self._fills:
            for part, want in zip(PARTS, wanted, strict=True):
                if want:
                    yield Step((self.part(part, "grad_"),), (self._filled(part, "grad_").name,))
        if mask:
            yield from self._mask_backward(mask[0])

    @property
    def _mask_learns(self) -> bool:
        return self.asked.learned and self.call.training

    def _whole_grad_mask(self) -> Tensor:
        tensor = self._square("grad_mask_each")
        *sizes, columns = tensor.shape
        return tensor._replace(shape=(*sizes, _rounded(columns, GRAD_MASK_STEP)))

    def _grad_mask(self, name: str, dtype: str | None = None) -> Tensor:
        return Tensor(name, (self.asked.heads, self.asked.queries, self.asked.keys), dtype)

    def _mask_backward(self, each: Tensor) -> Iterator[Step]:
        """The gradient of a mask: the sum over the images, then without the columns that it was padded with."""
        name = each.name
        if self.call.images > 1:
            yield Step((self._grad_mask("grad_mask_summed"),), (name,))
            name = "grad_mask_summed"
        if self._pads_mask:
            yield Step((self._padded_mask("grad_mask_padded"),), (name,))
            yield Step((self._grad_mask("grad_mask"),), ("grad_mask_padded",))
        else:
            yield Step(passes=(("grad_mask", name),), frees=(name,))

    def _products_backward(
        self, grad: str, lying: Strides, parts: tuple[Kept, ...], passes: Passes
    ) -> Iterator[Step]:
        kind = self._type
        if self._widens:
            yield Step((self._result("grad_whole", FULL),), (grad,))
            grad = "grad_whole"
        sizes = (self.call.images * self.rows, self.asked.heads, self.asked.queries, self.asked.value)
        if regrouped(sizes, lying, (sizes[0] * sizes[1], *sizes[2:])) is None:
            yield Step((self._result("grad_split", kind),), (grad,))
            grad = "grad_split"
        values = _name(self._values(parts))
        allocates = (
            *(self.part(VALUES, "grad_whole_" if self._widens else "grad_", kind),) * passes.values,
            *(self._square("grad_weights", kind),) * passes.scores,
        )
        yield Step(allocates, (grad, values, *(() if passes.scores else (WEIGHTS,))))
        if passes.scores:
            yield Step((self._square("grad_scores", kind),), ("grad_weights", WEIGHTS))
            yield from self._mask_of_products(kind)
            scaled = tuple(
                self.part(part, "grad_scaled_", kind)
                for part, want in ((KEYS, passes.keys), (QUERIES, passes.queries))
                if want
            )
            read = (f"{kind_of}_{part}" for kind_of in ("scaled", "split") for part in (QUERIES, KEYS))
            yield Step(scaled, ("grad_scores", *read))
            for tensor in scaled:
                part = tensor.name.removeprefix("grad_scaled_")
                prefix = "grad_whole_" if self._widens else "grad_"
                yield Step((self.part(part, prefix, kind),), (tensor.name,))
        if self._widens:
            for part, want in zip(PARTS, (passes.queries, passes.keys, passes.values), strict=True):
                if want:
                    yield Step((self.part(part, "grad_"),), (f"grad_whole_{part}",))

    def _mask_of_products(self, kind: str | None) -> Iterator[Step]:
        if not self._mask_learns:
            return
        name = "grad_scores"
        if self.call.images > 1:
            name = "grad_mask_whole" if self._widens else "grad_mask"
            yield Step((self._grad_mask(name, kind),))
        if self._widens:
            each = self._grad_mask("grad_mask") if self.call.images > 1 else self._square("grad_mask")
            yield Step((each,), (name,) * (name != "grad_scores"))
        elif name == "grad_scores":
            yield Step(passes=(("grad_mask", name),))

    def sizes(self, part: str) -> tuple[int, int, int, int]:
        """(images, heads, positions, width) of queries, keys or values."""
        length = self.asked.queries if part == QUERIES else self.asked.keys
        return self.call.images * self.rows, self.asked.heads, length, self._width(part)

    def _like(self, part: str) -> Strides:
        """The strides of a tensor like queries, keys or values (`empty_like`): without gaps, in the same order."""
        return without_gaps(self.sizes(part), self.lying[PARTS.index(part)])

    def _splits(self, part: str) -> bool:
        """Whether products written out need a copy in which images and heads can be joined."""
        sizes, strides = self.sizes(part), self._like(part)
        if part == VALUES and not self._widens:
            strides = self.lying[PARTS.index(part)]
        return regrouped(sizes, strides, (sizes[0] * sizes[1], *sizes[2:])) is None

    @property
    def result_strides(self) -> Strides:
        """How the result lies, as (images, heads, positions, width)."""
        sizes = (*self.sizes(QUERIES)[:3], self.asked.value)
        if self._fills:
            return in_order((*sizes[:3], _rounded(sizes[3], FLASH_STEP)))
        if self.kernel == MATH:
            return in_order(sizes)
        if self.kernel == EFFICIENT:
            return heads_last(sizes)
        return without_gaps(sizes, self.lying[0])

    def gradient_strides(self, part: str) -> Strides:
        """How the gradient of queries, keys or values lies, as (images, heads, positions, width)."""
        sizes = self.sizes(part)
        if self.kernel == MATH and part == KEYS:
            images, heads, _, _ = in_order(sizes)
            return images, heads, 1, sizes[2]
        if self.kernel == MATH or self._fills:
            return in_order(sizes)
        if self.kernel == EFFICIENT or self._on_cpu:
            return heads_last(sizes)
        return self._like(part)


def heads_last(sizes: tuple[int, ...]) -> Strides:
    """The strides of (images, heads, positions, width) that are in memory as (images, positions, heads, width)."""
    _, heads, length, width = sizes
    return length * heads * width, width, heads * width, 1


def without_gaps(sizes: tuple[int, ...], strides: Strides) -> Strides:
    """Strides in the same order, of a tensor that has no gaps (`infer_dense_strides` in ATen/ExpandUtils.h)."""
    result, step = [0] * len(sizes), 1
    for index in sorted(range(len(sizes)), key=lambda index: (strides[index], -index)):
        result[index] = step
        step *= sizes[index]
    return tuple(result)


def _name(kept: Kept) -> int | str:
    return kept.name if isinstance(kept, Tensor) else kept


def _rounded(number: int, step: int) -> int:
    return -(-number // step) * step
