"""A fully-connected layer at each position."""

from typing import Any, ClassVar

from cnncalc.shape import Shape
from cnncalc.vocabulary.computed_weights import FILTERS, FOR_WEIGHTS, ComputesWeights
from cnncalc.vocabulary.convolution import times
from cnncalc.vocabulary.field import REQUIRED, flag, integer
from cnncalc.vocabulary.groups import (
    AnyValues,
    ChannelsMixed,
    KeepsInput,
    NoBuffers,
    NoScratch,
    NoStatistics,
    OwnOutput,
    Pointwise,
)
from cnncalc.vocabulary.layer import (
    Call,
    Example,
    Inputs,
    Step,
    Tensor,
    TorchCall,
    Weight,
    Work,
    layer,
)
from cnncalc.vocabulary.layouts import LastInMemory, PutsInOrder
from cnncalc.vocabulary.strides import as_rows, follows


@layer
class Linear(
    ComputesWeights,
    NoBuffers,
    ChannelsMixed,
    AnyValues,
    NoStatistics,
    PutsInOrder,
    LastInMemory,
    KeepsInput,
    NoScratch,
    OwnOutput,
    Pointwise,
):
    """A fully-connected layer for the channels of each position: like a 1x1 convolution, with the weights of `fc`.

    This is the token-wise layer of transformers. PyTorch's layer needs channels-last memory, which `ln`, `ln2d` and
    the other token layers produce. Otherwise it makes (and keeps) a copy, which a 1x1 `conv` does not.
    """

    family: ClassVar[str] = "linear"
    autocast = "lower"
    takes_sugar = True
    linear = True
    only_for_weights = (0, "copied", *FOR_WEIGHTS)
    only_for_inputs = (FILTERS, "weight cast")
    source: ClassVar[str] = "torch.nn.Linear; Vaswani et al. 2017, arXiv 1706.03762 (position-wise)"
    examples: ClassVar[tuple[Example, ...]] = (
        Example({"units": 3072}, (Shape(768, (197,)),)),
        Example({"units": 12, "bias": False}, (Shape(8, (5, 6)),)),
        Example({"units": 10}, (Shape(64),)),
        Example({"units": 3}, (Shape(4, (2, 3, 4)),)),
        Example({"units": 3, "parametrize": "weight_norm"}, (Shape(4, (3, 4)),)),
        Example({"units": 3, "parametrize": "spectral_norm"}, (Shape(4, (5,)),)),
    )

    units: int = integer(REQUIRED, "number of units: the channels of the output", main=True, example=64)
    bias: bool | None = flag(
        None, "add a learned number for each unit (default: true, unless a norm follows)"
    )

    @property
    def has_bias(self) -> bool:
        return self.bias is not False

    def in_effect(self, inputs: Inputs) -> dict[str, tuple[Any, str]]:
        return {"bias": (True, "")} if self.bias is None else {}

    def output(self, inputs: Inputs) -> Shape:
        return Shape(self.units, inputs[0].spatial)

    def weights(self, inputs: Inputs) -> tuple[Weight, ...]:
        channels = inputs[0].channels
        weight = Weight("weight", (self.units, channels), f"{channels}*{self.units}")
        bias = (Weight("bias", (self.units,), str(self.units)),) if self.has_bias else ()
        return self.stored((weight, *bias))

    def work(self, inputs: Inputs) -> Work:
        outputs = self.units * inputs[0].positions
        product = Work(macs=inputs[0].channels * outputs, adds=outputs * self.has_bias)
        return self.computing_work(product, inputs)

    def macs_formula(self, inputs: Inputs) -> str:
        return times(*inputs[0].spatial, inputs[0].channels, self.units)

    def copies(self, inputs: Inputs, call: Call) -> bool:
        """For weights that need no gradient, PyTorch multiplies row by row of the image (`should_fold`)."""
        alone = call.frozen or (self.computation is not None and not call.training)
        return inputs[0].rank > 0 and not as_rows(
            inputs[0].torch, call.lies(), call.images, last_axis_alone=alone
        )

    def copies_gradient(self, inputs: Inputs, call: Call) -> bool:
        return inputs[0].rank > 0 and not as_rows(
            self.output(inputs).torch, call.grad, call.images, last_axis_alone=call.frozen
        )

    def forward_of(self, inputs: Inputs, call: Call) -> tuple[Step, ...]:
        """If the input has gaps or another memory order, the bias is added after the product.

        In place, except for tensor subclasses (`linear` in aten/src/ATen/native/Linear.cpp).
        """
        steps = super().forward_of(inputs, call)
        if self._at_once(inputs, call) or not self.has_bias or not call.subclasses:
            return steps
        product = Tensor("product", self.output(inputs).torch, batched=True)
        copies = ("copied",) * self.copies(inputs, call)
        *before, last = steps
        # The input that is cast for the product is there until the bias is added.
        cast = ("0 cast",) * (0 in last.casts and call.casts)
        product_step = last._replace(makes=(*last.makes, product), frees=copies)
        return *before, product_step, Step((), ("product", *cast))

    def _at_once(self, inputs: Inputs, call: Call) -> bool:
        """Whether the bias is added together with the product."""
        return not inputs[0].rank or follows(inputs[0].torch, call.lies(), call.images, last=True)

    def backward_of(self, inputs: Inputs, wanted: tuple[bool, ...], call: Call) -> tuple[Step, ...]:
        """If the bias was added after the product, its gradient is computed first."""
        steps = super().backward_of(inputs, wanted, call)
        if self._at_once(inputs, call):
            return steps
        bias = tuple(item for step in steps for item in step.makes if item.name == "bias")
        others = (
            step._replace(makes=tuple(item for item in step.makes if item.name != "bias")) for step in steps
        )
        return Step(bias), *others

    def gives_view(self, inputs: Inputs) -> bool:
        """The layer views its input with channels last, and returns a view with channels first."""
        return inputs[0].rank > 0

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        arguments = {
            "in_features": inputs[0].channels,
            "out_features": self.units,
            "bias": self.has_bias,
        }
        call = TorchCall("own.ChannelLinear" if inputs[0].rank else "nn.Linear", arguments)
        return self.computing_call((call,))

    def label(self, inputs: Inputs) -> str:
        return f"LINEAR-{self.units}"
