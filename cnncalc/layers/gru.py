"""Gated recurrent unit."""

from typing import ClassVar

from cnncalc.shape import Shape
from cnncalc.vocabulary.layer import Example, Tensor, Work, layer
from cnncalc.vocabulary.recurrent import Recurrent


@layer
class GRU(Recurrent):
    """Gated recurrent units over the length of a sequence: h = (1 - z)*n + z*h', from h' before it.

    The gates r and z are sigmoids of W*x + b + U*h' + b'; n = tanh(W*x + b + r*(U*h' + b')). The output is h at every
    position.
    """

    gates = 3
    source: ClassVar[str] = "torch.nn.GRU; Cho et al. 2014, arXiv 1406.1078"
    examples: ClassVar[tuple[Example, ...]] = (
        Example({"hidden": 5}, (Shape(3, (6,)),)),
        Example({"hidden": 4, "layers": 2, "bidirectional": True}, (Shape(8, (7,)),)),
        Example({"hidden": 64, "layers": 3, "bias": False}, (Shape(32, (20,)),)),
    )

    def of_a_unit(self) -> Work:
        """Two sigmoids and a tanh; n + z*(h' - n)."""
        return Work(multiplies=2, adds=4, divides=2, exponentials=3)

    def scan_keeps(self, length: int, end: str) -> tuple[Tensor, ...]:
        return *super().scan_keeps(length, end), Tensor(
            f"products_{end}", (length, self.hidden), batched=True
        )

    def scan_gradients(self, length: int) -> tuple[tuple[Tensor, ...], tuple[Tensor, ...]]:
        """Those of the input's part and of the state's part, which `r` scales."""
        size = (length, 3 * self.hidden)
        both = Tensor("grad_gates", size, batched=True), Tensor("grad_products", size, batched=True)
        return both, (Tensor("grad_state", (self.hidden,), batched=True),)
