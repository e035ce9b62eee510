"""Lp pooling over one to three spatial axes."""

from typing import ClassVar

from cnncalc.shape import Shape, Window
from cnncalc.vocabulary.field import number
from cnncalc.vocabulary.gradients import (
    in_type,
    power,
    unpadded,
)
from cnncalc.vocabulary.groups import ChannelsApart
from cnncalc.vocabulary.layer import (
    Call,
    Example,
    Inputs,
    Kept,
    Precision,
    Step,
    Tensor,
    TorchCall,
    Work,
    layer,
)
from cnncalc.vocabulary.limits import ANY, NOT_NEGATIVE, Limits
from cnncalc.vocabulary.padding import zero_pad_call
from cnncalc.vocabulary.pool import Pool


@layer
class LPPool(ChannelsApart, Pool):
    """The p-norm of each window, (sum of x^p)^(1/p): p = 1 sums, p = 2 is L2 pooling.

    PyTorch's layer has no padding. Zeros add nothing to a sum, so a padding layer before it gives the same result.
    """

    autocast = "float32"
    formats = (1, 2)
    source: ClassVar[str] = "torch.nn.LPPool2d; CS231n notes, Pooling Layer: general pooling"
    examples: ClassVar[tuple[Example, ...]] = (
        Example({"kernel": 2}, (Shape(16, (8, 8)),)),
        Example({"kernel": 3, "stride": 2, "p": 1, "padding": 1}, (Shape(4, (9, 9)),)),
        Example({"kernel": 3, "stride": 2, "p": 3, "rounding": "ceil"}, (Shape(4, (10,)),)),
        Example({"kernel": 2, "stride": 2, "padding": "same"}, (Shape(2, (3, 4, 5)),)),
    )

    p: float = number(2.0, "exponent of the norm (PyTorch's norm_type)", low=1)

    @property
    def linear(self) -> bool:  # type: ignore[override]
        return self.p == 1

    def limits(self, inputs: Inputs, before: tuple[Limits, ...]) -> Limits:
        """A root of a negative sum is NaN: only sums themselves can be negative."""
        return NOT_NEGATIVE if self.p != 1 or before[0].low >= 0 else ANY

    def pads_itself(self, window: Window, rank: int) -> bool:
        return window.before == window.after == 0

    def overhangs_alone(self, rank: int) -> bool:
        return rank < 3

    def work(self, inputs: Inputs) -> Work:
        outputs, taps = self.output(inputs).size, self.taps(inputs[0])
        return Work(adds=outputs * (taps - 1), exponentials=outputs * (taps + 1))

    def keeps(self, inputs: Inputs) -> tuple[Kept, ...]:
        # PyTorch computes sign(mean)*relu(|mean|) of the mean power, multiplies by the window size, and takes the
        # power 1/p.
        read = self.apart(inputs)
        powers = Tensor("powers", read.shape if read else inputs[0].torch, batched=True)
        out = self.output(inputs).torch
        steps = (Tensor(name, out, batched=True) for name in ("mean", "sign", "magnitude", "sum"))
        return (read or 0, powers, *steps)

    def autocast_on_cpu(self, inputs: Inputs) -> Precision:
        """Over three axes the mean is an `avg_pool3d`, in float32."""
        return "promotes" if inputs[0].rank == 3 else "input"

    def _narrows(self, inputs: Inputs, call: Call) -> bool:
        """Whether the powers are in the lower type, and cast for the mean."""
        return inputs[0].rank == 3 and call.narrow_on_cpu

    def keeps_of(self, inputs: Inputs, call: Call) -> tuple[Kept, ...]:
        read, *others = super().keeps_of(inputs, call)
        if isinstance(read, Tensor) and self._narrows(inputs, call):
            read = read._replace(dtype=call.lower)
        return read, *others

    def _at_inference(self, inputs: Inputs, call: Call) -> tuple[Step, ...]:
        """On CUDA what autocast casts for the powers is gone after them."""
        first, out = self.apart(inputs), self.output(inputs).torch
        powers = Tensor("powers", first.shape if first else inputs[0].torch, batched=True)
        mean, sign, size, magnitude, product, sums = (
            Tensor(name, out, batched=True)
            for name in ("mean", "sign", "size", "magnitude", "product", "sum")
        )
        if first is None:
            cast: tuple[Step, ...] = (Step((powers,), casts=(0,)),)
        else:
            narrow = first._replace(name="narrow", dtype=call.lower)
            cast = Step((narrow,), (0,)), Step((first, powers), (first.name,))
        return (
            *cast,
            Step((mean,), ("powers",)),
            Step((sign, size)),
            Step((magnitude,), ("size",)),
            Step((product,), ("sign", "magnitude")),
            Step((sums,), ("product", "mean")),
            Step(frees=("sum",)),
        )

    def forward_of(self, inputs: Inputs, call: Call) -> tuple[Step, ...]:
        steps = super().forward_of(inputs, call)
        if call.device == "cuda" and call.casts and not call.training:
            return self._at_inference(inputs, call)
        if not self._narrows(inputs, call):
            return steps
        first, out = self.apart(inputs), self.output(inputs).torch
        powers = Tensor("powers", first.shape if first else inputs[0].torch, batched=True)
        before = () if first is None else (Step((first._replace(dtype=call.lower),), (0,)),)
        mean, sign, size, magnitude, product, sums = (
            Tensor(name, out, batched=True)
            for name in ("mean", "sign", "size", "magnitude", "product", "sum")
        )
        return (
            *before,
            Step((powers._replace(name="narrow", dtype=call.lower),)),
            Step((powers, mean), ("narrow", "powers")),
            Step((sign, size)),
            Step((magnitude,), ("size",)),
            Step((product,), ("sign", "magnitude")),
            Step((sums,), ("product",)),
            Step(frees=("mean", "sum", *(step.makes[0].name for step in before))),
        )

    def backward_of(self, inputs: Inputs, wanted: tuple[bool, ...], call: Call) -> tuple[Step, ...]:
        steps = super().backward_of(inputs, wanted, call)
        if not self._narrows(inputs, call):
            return steps
        index = next(index for index, step in enumerate(steps) if step.makes[-1].name == "grad_powers")
        narrow = steps[index].makes[-1]._replace(name="grad_narrow", dtype=call.lower)
        return (
            *steps[: index + 1],
            Step((narrow,), ("grad_powers",)),
            *in_type(steps[index + 1 :], call.lower, {"grad_powers": narrow.name}),
        )

    def scratch(self, inputs: Inputs) -> tuple[Tensor, ...]:
        # At first the powers and their mean are alive together, later four tensors of the output's size.
        read, powers, *steps = self.keeps(inputs)
        apart = (read,) if isinstance(read, Tensor) else ()
        assert isinstance(powers, Tensor)
        if powers.size > 3 * self.output(inputs).size:
            return (*apart, powers)
        return (*apart, *(step for step in steps[:3] if isinstance(step, Tensor)))

    def backward(self, inputs: Inputs, wanted: tuple[bool, ...]) -> tuple[Step, ...]:
        """The steps of the forward pass in reverse; sign has a gradient of zeros."""
        out, first = self.output(inputs).torch, self.apart(inputs)
        read = first.shape if first else inputs[0].torch

        def grad(of: str, shape: tuple[int, ...] = out) -> tuple[Tensor]:
            return (Tensor(f"grad_{of}", shape, batched=True),)

        steps = (
            power("grad", "grad_sum", out, "sum"),
            Step(grad("product"), ("grad_sum",)),
            Step((*grad("sign"), *grad("magnitude")), ("grad_product", "sign")),
            Step(grad("size"), ("grad_magnitude", "magnitude")),
            Step((Tensor("signs", out, batched=True), *grad("mean")), ("signs", "grad_size", "mean")),
            Step((Tensor("zeros", out, batched=True),), ("zeros", "grad_sign")),
            Step(grad("powers", read), ("grad_mean", "powers")),
        )
        if first is None:
            return (*steps, power("grad_powers", "grad0", read, 0))
        return (*steps, power("grad_powers", "grad_padded", read, first.name), unpadded(inputs))

    def gives_view(self, inputs: Inputs) -> bool:
        return False

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        """None where padding needs a separate step and a window reaches past it: PyTorch scales that window up."""
        volume = inputs[0]
        arguments = self.window_arguments(inputs)
        del arguments["padding"]
        if volume.rank == 1:  # LPPool1d accepts only plain numbers
            arguments |= {name: arguments[name][0] for name in ("kernel_size", "stride")}
        call = TorchCall(f"nn.LPPool{volume.rank}d", {"norm_type": self.p, **arguments})
        if not (ends := self.padding_apart(volume)):
            return (call,)
        if any(window.overhang for window in self.windows(volume)):
            return ()
        return zero_pad_call(ends), call

    @property
    def short(self) -> str:  # type: ignore[override]
        return f"L{self.p:g}POOL"
