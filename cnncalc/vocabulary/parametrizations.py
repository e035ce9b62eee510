"""Normalised filters, as torch.nn.utils.parametrizations computes them."""

from collections.abc import Iterator
from math import prod
from typing import ClassVar

from cnncalc.vocabulary.computation import Computation, own
from cnncalc.vocabulary.layer import SUMS, Call, Step, Tensor, TorchCall, Weight, Work

# Where PyTorch registers the parameters.
PREFIX = "parametrizations.weight."


class WeightNorm(Computation):
    """The filters are g*v/|v|: PyTorch takes the norm of each slice along the first dimension (`_weight_norm`).

    Of a transposed convolution that is an input channel. (Salimans & Kingma 2016, arXiv 1602.07868.)
    """

    main = f"{PREFIX}original1"
    parameters = (f"{PREFIX}original0", main)

    def stored(self, plain: tuple[Weight, ...]) -> tuple[Weight, ...]:
        filters, *others = plain
        count = filters.shape[0]
        lengths = Weight(self.parameters[0], (count, *(1,) * (len(filters.shape) - 1)), str(count))
        return (*others, lengths, filters._replace(name=self.main))

    def buffers(self, shape: tuple[int, ...]) -> tuple[Tensor, ...]:
        return ()

    def work(self, shape: tuple[int, ...]) -> Work:
        """A norm of each slice, a quotient of two lengths, and a product. A root counts as an exponential."""
        values, count = prod(shape), shape[0]
        return Work(multiplies=2 * values, adds=values - count, divides=count, exponentials=count)

    def kept(self, shape: tuple[int, ...]) -> tuple[Tensor, ...]:
        """The lengths that were computed, in float32 where the parameters are in a lower type."""
        return (Tensor("norms", (shape[0],), SUMS),)

    def forward(self, shape: tuple[int, ...], filters: Tensor, call: Call) -> Iterator[Step]:
        norms = self.kept(shape)
        yield Step((filters, *norms), () if call.training else ("norms",))

    def backward(self, shape: tuple[int, ...], grad: str, call: Call, *, turned: bool) -> Iterator[Step]:
        """One operation, which first puts the gradient in order."""
        ordered = (own("grad_ordered", shape),) if turned else ()
        gradients = own(self.parameters[0], (shape[0],)), own(self.main, shape)
        yield Step((*ordered, *gradients), (grad, "grad_ordered", "norms"))

    def call(self, call: TorchCall) -> TorchCall:
        return call._replace(parametrization="weight_norm")


class SpectralNorm(Computation):
    """The filters, as a matrix with a row for each output, are divided by their largest singular value.

    Two vectors, which are buffers, approximate it; in training each call improves them by one step of the power method.
    (Miyato et al. 2018, arXiv 1802.05957.)
    """

    main = f"{PREFIX}original"
    parameters: ClassVar[tuple[str, ...]] = (main,)
    keeps_layout = True

    def __init__(self, outputs_along: int) -> None:
        self.outputs_along = outputs_along

    def stored(self, plain: tuple[Weight, ...]) -> tuple[Weight, ...]:
        filters, *others = plain
        return (*others, filters._replace(name=self.main))

    def _sides(self, shape: tuple[int, ...]) -> tuple[int, int]:
        rows = shape[self.outputs_along]
        return rows, prod(shape) // rows

    def buffers(self, shape: tuple[int, ...]) -> tuple[Tensor, ...]:
        rows, columns = self._sides(shape)
        return Tensor(f"{PREFIX}0._u", (rows,)), Tensor(f"{PREFIX}0._v", (columns,))

    def work(self, shape: tuple[int, ...]) -> Work:
        """The products of the matrix and both vectors, which are no MACs of the layer; a quotient of each value."""
        rows, columns = self._sides(shape)
        return Work(
            multiplies=rows * columns + rows, adds=rows * (columns - 1) + rows - 1, divides=rows * columns
        )

    def kept(self, shape: tuple[int, ...]) -> tuple[Tensor, ...]:
        rows, columns = self._sides(shape)
        return own("u", (rows,)), own("v", (columns,)), own("sigma", ())

    def narrow(self, call: Call) -> tuple[str, ...]:
        return ("v",) if _products_are_narrow(call) else ()

    def forward(self, shape: tuple[int, ...], filters: Tensor, call: Call) -> Iterator[Step]:
        """If the outputs do not lie along the first dimension, the matrix is a copy, unless a view has its order."""
        rows, columns = self._sides(shape)
        moves = self.outputs_along and all(size > 1 for size in (*shape[:2], prod(shape[2:])))
        matrix = (own("matrix", shape),) if moves else ()
        if matrix:
            yield Step(matrix)
        u, v, sigma = self.kept(shape)
        spent = tuple(item.name for item in (*matrix, *(() if call.training else (u, v, sigma))))
        if _products_are_narrow(call):
            yield from self._narrow_products(shape, call)
            yield Step((filters,), ("v_whole", *spent))
            return
        for size in (rows, columns) if call.training else ():
            yield Step((own("improved", (size,)), own("length", ())), ("improved", "length"))
        yield Step((u, v, own("product", (rows,)), sigma), ("product",))
        yield Step((filters,), spent)

    def _narrow_products(self, shape: tuple[int, ...], call: Call) -> Iterator[Step]:
        """Each product reads casts of the matrix and of a vector; that of both vectors is in float32.

        Where the parameter itself is the matrix, autocast keeps its cast until it ends. Here it ends with the layer.
        """
        rows, columns = self._sides(shape)

        def lower(name: str, *size: int) -> Tensor:
            return Tensor(name, size, call.lower)

        is_parameter = len(shape) == 2
        matrix = lower("matrix_cast", rows, columns)
        first = lower("matrix_kept", rows, columns) if is_parameter else matrix
        gone = () if is_parameter else (matrix.name,)
        if call.training:
            yield Step((lower("vector", columns), first, lower("improved", rows)), ("vector", *gone))
            yield Step((own("length", ()),), ("improved", "length"))
            yield Step((lower("vector", rows), matrix, lower("improved", columns)), ("vector", matrix.name))
            yield Step((own("length", ()),), ("improved", "length"))
        u, v, sigma = self.kept(shape)
        yield Step((u, v._replace(name="v_whole")))
        again = () if is_parameter and call.training else (first,)
        yield Step((v._replace(dtype=call.lower), *again, lower("product", rows)), gone)
        yield Step((own("product_whole", (rows,)), sigma), ("product_whole", "product"))

    def backward(self, shape: tuple[int, ...], grad: str, call: Call, *, turned: bool) -> Iterator[Step]:
        """Through the quotient, `-grad * ((self / other) / other)`, and then through both products."""
        rows, _ = self._sides(shape)
        spent = tuple(own(name, shape) for name in ("quotient", "over_sigma", "negative"))
        yield Step((*spent, own("parts", shape)), tuple(item.name for item in spent))
        yield Step((own("through_quotient", shape), own("grad_sigma", ())), ("parts", grad, "sigma"))
        yield Step((own("grad_product", (rows,)),), ("grad_sigma", "u"))
        if _products_are_narrow(call):
            yield Step((Tensor("grad_product_narrow", (rows,), call.lower),), ("grad_product",))
            yield Step((Tensor("through_product_narrow", shape, call.lower),), ("grad_product_narrow", "v"))
            yield Step((own("through_product", shape),), ("through_product_narrow",))
        else:
            yield Step((own("through_product", shape),), ("grad_product", "v"))
        if call.subclasses:
            yield Step((own(self.main, shape),), ("through_product", "through_quotient"))
        else:
            # Both meet in the gradient that is there already.
            yield Step(
                passes=((self.main, "through_quotient"),), frees=("through_product", "through_quotient")
            )

    def call(self, call: TorchCall) -> TorchCall:
        return call._replace(parametrization="spectral_norm")


def _products_are_narrow(call: Call) -> bool:
    """Whether autocast casts what products of a matrix and a vector read: on CUDA only (`mv` in its lists)."""
    return call.device == "cuda" and call.autocast


def parametrization(name: str, outputs_along: int) -> Computation:
    """A parametrization by its name in PyTorch."""
    return WeightNorm() if name == "weight_norm" else SpectralNorm(outputs_along)
