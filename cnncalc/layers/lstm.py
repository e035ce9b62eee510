"""Long short-term memory."""

from typing import ClassVar

from cnncalc.shape import Shape
from cnncalc.vocabulary.layer import Example, Tensor, Work, layer
from cnncalc.vocabulary.recurrent import Recurrent


@layer
class LSTM(Recurrent):
    """Long short-term memory over the length of a sequence: c = f*c' + i*g and h = o*tanh(c), from c' and h' before it.

    The gates i, f and o are sigmoids, g is a tanh, each of W*x + b + U*h' + b'. The output is h at every position.
    """

    gates = 4
    source: ClassVar[str] = "torch.nn.LSTM; Hochreiter and Schmidhuber 1997"
    examples: ClassVar[tuple[Example, ...]] = (
        Example({"hidden": 5}, (Shape(3, (6,)),)),
        Example({"hidden": 4, "layers": 2, "bidirectional": True}, (Shape(8, (7,)),)),
        Example({"hidden": 4, "layers": 3, "dropout": 0.25}, (Shape(8, (7,)),)),
        Example({"hidden": 256, "bidirectional": True, "bias": False}, (Shape(512, (26,)),)),
    )

    def of_a_unit(self) -> Work:
        """Three sigmoids and two tanh; the cell and the state."""
        return Work(multiplies=3, adds=4, divides=3, exponentials=5)

    def scan_keeps(self, length: int, end: str) -> tuple[Tensor, ...]:
        return *super().scan_keeps(length, end), Tensor(f"cells_{end}", (length, self.hidden), batched=True)

    def scan_gradients(self, length: int) -> tuple[tuple[Tensor, ...], tuple[Tensor, ...]]:
        gates = Tensor("grad_gates", (length, 4 * self.hidden), batched=True)
        names = ("grad_state", "grad_cell", "tanh")
        return (gates,), tuple(Tensor(name, (self.hidden,), batched=True) for name in names)
