"""Stochastic depth."""

from typing import ClassVar, Literal

from cnncalc.shape import Shape
from cnncalc.vocabulary.activation import SHAPES
from cnncalc.vocabulary.dropping import Dropping
from cnncalc.vocabulary.field import REQUIRED, number
from cnncalc.vocabulary.layer import Example, Inputs, Kept, Step, Storage, Tensor, TorchCall, Work, layer
from cnncalc.vocabulary.word_fields import choice


@layer
class StochasticDepth(Dropping):
    """In training, sets all values of an image to zero with probability p, else scales them by 1/(1 - p).

    At inference it is the identity. At the end of a residual body it skips the body.
    """

    within_images = False
    source: ClassVar[str] = "torchvision.ops.StochasticDepth; Huang et al. 2016, arXiv 1603.09382"
    examples: ClassVar[tuple[Example, ...]] = (
        *(Example({"p": 0.2}, example.inputs) for example in SHAPES),
        Example({"p": 0.5, "mode": "batch"}, (Shape(8, (4, 4)),)),
    )

    p: float = number(REQUIRED, "probability of zeros", low=0, high=1, main=True)
    mode: Literal["row", "batch"] = choice(
        "row", "decide for each image (row), or once for a batch", ("row", "batch")
    )

    @property
    def skipped(self) -> float:
        return self.p

    def storage(self, *, training: bool) -> Storage:
        return Storage.OWN if training and self.p else Storage.VIEW

    def work(self, inputs: Inputs) -> Work:
        return Work()

    def keeps(self, inputs: Inputs) -> tuple[Kept, ...]:
        return self._noise(inputs)

    def _noise(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """The factors that values are multiplied by in training."""
        noise = Tensor("noise", (1,) * (1 + inputs[0].rank), batched=self.mode == "row")
        return (noise,) if self.p else ()

    def forward(self, inputs: Inputs, *, training: bool) -> tuple[Step, ...]:
        return (Step(self._noise(inputs) if training else ()),)

    def backward(self, inputs: Inputs, wanted: tuple[bool, ...]) -> tuple[Step, ...]:
        return super().backward(inputs, wanted) if self.p else ()

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        return (TorchCall("own.StochasticDepth", {"p": self.p, "rank": inputs[0].rank, "mode": self.mode}),)
