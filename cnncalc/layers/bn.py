"""Batch normalisation."""

from typing import ClassVar

from cnncalc.layers._field import number
from cnncalc.layers._groups import NoScratch, OwnOutput, Pointwise
from cnncalc.layers._layer import Example, Inputs, Kept, Tensor, TorchCall, Weight, Work, layer
from cnncalc.shape import Shape


@layer
class BatchNorm(Pointwise, NoScratch, OwnOutput):
    """Each channel to mean 0 and variance 1 over the batch, then scaled and shifted by two learned numbers."""

    family: ClassVar[str] = "normalisation"
    cancels_bias = True
    source: ClassVar[str] = "torch.nn.BatchNorm2d; Ioffe & Szegedy 2015, arXiv 1502.03167"
    examples: ClassVar[tuple[Example, ...]] = (
        Example({}, (Shape(64, (56, 56)),)),
        Example({"eps": 0.001, "momentum": 0.01}, (Shape(8, (30,)),)),
        Example({}, (Shape(8, (4, 6, 6)),)),
        Example({}, (Shape(100),)),
    )

    # PyTorch refuses 0 in training.
    eps: float = number(1e-5, "added to the variance", low=1e-12)
    momentum: float = number(0.1, "weight of a batch in the running mean and variance", low=0, high=1)

    def weights(self, inputs: Inputs) -> tuple[Weight, ...]:
        channels = inputs[0].channels
        return tuple(Weight(name, (channels,), str(channels)) for name in ("weight", "bias"))

    def buffers(self, inputs: Inputs) -> tuple[Tensor, ...]:
        channels = inputs[0].channels
        return (
            Tensor("running_mean", (channels,)),
            Tensor("running_var", (channels,)),
            Tensor("num_batches_tracked", (), "int64"),
        )

    def work(self, inputs: Inputs) -> Work:
        return Work(multiplies=inputs[0].size, adds=inputs[0].size)

    def keeps(self, inputs: Inputs) -> tuple[Kept, ...]:
        channels = inputs[0].channels
        return (0, Tensor("save_mean", (channels,)), Tensor("save_invstd", (channels,)))

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        volume = inputs[0]
        arguments = {"num_features": volume.channels, "eps": self.eps, "momentum": self.momentum}
        return (TorchCall(f"nn.BatchNorm{max(1, volume.rank)}d", arguments),)

    def label(self, inputs: Inputs) -> str:
        return "BN"
