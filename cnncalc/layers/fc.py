"""Fully-connected layer."""

from collections.abc import Iterator
from typing import Any, ClassVar

from cnncalc.exact import counted
from cnncalc.shape import Shape
from cnncalc.vocabulary.computed_weights import FILTERS, FOR_WEIGHTS, ComputesWeights
from cnncalc.vocabulary.field import REQUIRED, flag, integer
from cnncalc.vocabulary.groups import (
    AnyValues,
    ChannelsMixed,
    KeepsInput,
    NoBuffers,
    NoScratch,
    NoStatistics,
    OwnOutput,
)
from cnncalc.vocabulary.layer import (
    Call,
    Example,
    Inputs,
    Problem,
    Reach,
    Step,
    TorchCall,
    Weight,
    Work,
    cast_names,
    layer,
)
from cnncalc.vocabulary.layouts import PutsInOrder, copied
from cnncalc.vocabulary.strides import regrouped, steps


@layer
class FC(
    ComputesWeights,
    NoBuffers,
    ChannelsMixed,
    AnyValues,
    NoStatistics,
    PutsInOrder,
    KeepsInput,
    NoScratch,
    OwnOutput,
):
    """Every unit reads every feature. For a volume with one position, the features are its channels."""

    family: ClassVar[str] = "linear"
    autocast = "lower"
    takes_sugar = True
    linear = True
    only_for_weights = (0, "copied", *FOR_WEIGHTS)
    only_for_inputs = (FILTERS, "weight cast")
    source: ClassVar[str] = "torch.nn.Linear; CS231n notes, Fully-connected layer"
    examples: ClassVar[tuple[Example, ...]] = (
        Example({"units": 10}, (Shape(512),)),
        Example({"units": 4096, "bias": False}, (Shape(256),)),
        Example({"units": 10}, (Shape(32, (1, 1)),)),
        Example({"units": 10, "parametrize": "weight_norm"}, (Shape(12),)),
        Example({"units": 40, "parametrize": "spectral_norm", "bias": False}, (Shape(8, (1, 1)),)),
    )

    units: int = integer(REQUIRED, "number of units: the features of the output", main=True, example=64)
    bias: bool | None = flag(
        None, "add a learned number for each unit (default: true, unless a norm follows)"
    )

    @property
    def has_bias(self) -> bool:
        return self.bias is not False

    def in_effect(self, inputs: Inputs) -> dict[str, tuple[Any, str]]:
        return {"bias": (True, "")} if self.bias is None else {}

    def problems(self, inputs: Inputs) -> Iterator[Problem]:
        volume = inputs[0]
        if volume.positions > 1:
            from cnncalc.vocabulary.shape_faults import FLATTEN_MISSING

            yield Problem(
                FLATTEN_MISSING,
                f"fc reads features, but {volume} is a volume with {counted(volume.positions, 'position')}",
                notes=(
                    f"after `flatten` it has {counted(volume.size, 'feature')}: "
                    f"{counted(volume.size * self.units, 'weight')}",
                    f"after `global_avgpool` it has {counted(volume.channels, 'feature')}: "
                    f"{counted(volume.channels * self.units, 'weight')}",
                ),
                help="put `- flatten` (or `- global_avgpool`) before it",
                blocking=False,
                before=("flatten", "global_avgpool"),
            )

    def output(self, inputs: Inputs) -> Shape:
        return Shape(self.units)

    def weights(self, inputs: Inputs) -> tuple[Weight, ...]:
        features = inputs[0].size
        weight = Weight("weight", (self.units, features), f"{features}*{self.units}")
        bias = (Weight("bias", (self.units,), str(self.units)),) if self.has_bias else ()
        return self.stored((weight, *bias))

    def connections(self, inputs: Inputs) -> int:
        return inputs[0].size * self.units

    def copies(self, inputs: Inputs, call: Call) -> bool:
        """A volume with several positions is flattened first: a view, or a copy if its values are in another order."""
        volume = inputs[0]
        image = tuple(steps(volume.torch, call.lies())[1:])
        return volume.positions > 1 and regrouped(volume.torch, image, (volume.size,)) is None

    def copies_gradient(self, inputs: Inputs, call: Call) -> bool:
        return False

    def copies_to_keep(self, inputs: Inputs, call: Call) -> bool:
        """What autocast casts is copied before that: the cast is what is kept."""
        return self.copies(inputs, call) and not call.casts

    def forward_of(self, inputs: Inputs, call: Call) -> tuple[Step, ...]:
        """The copy is complete, and its source is freed, before the product is computed."""
        steps = self.computing_first(self.forward(inputs, training=call.training), inputs, call)
        if not self.copies(inputs, call):
            return steps
        if self.copies_to_keep(inputs, call):
            return Step((copied(inputs),), (0,)), *steps
        whole = copied(inputs)._replace(name="copied_whole", dtype="float32")
        *others, product = steps
        casts = product.casts or cast_names(self.weights(inputs), 0)
        return (
            Step((whole,), (0,)),
            *others,
            product._replace(casts=casts, frees=(*product.frees, whole.name)),
        )

    def work(self, inputs: Inputs) -> Work:
        product = Work(macs=inputs[0].size * self.units, adds=self.units * self.has_bias)
        return self.computing_work(product, inputs)

    def macs_formula(self, inputs: Inputs) -> str:
        return f"{inputs[0].size}*{self.units}"

    def reach(self, inputs: Inputs) -> tuple[Reach, ...]:
        return tuple(Reach.window(size, size) for size in inputs[0].spatial)

    def reads_view(self, inputs: Inputs) -> bool:
        """For a volume, its channels."""
        return inputs[0].rank > 0

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        linear = TorchCall(
            "nn.Linear",
            {"in_features": inputs[0].size, "out_features": self.units, "bias": self.has_bias},
        )
        return self.computing_call((TorchCall("nn.Flatten"), linear) if inputs[0].rank else (linear,))

    def label(self, inputs: Inputs) -> str:
        return "FC"
