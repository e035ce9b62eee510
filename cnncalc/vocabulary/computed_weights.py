"""Layers that compute their filters in every call: from stored parameters that are normalised in some way.

The filters are an additional tensor, which autograd keeps instead of the parameter. They are computed once in a call,
whatever the batch, in the type of the parameters; autocast casts them after that, every time.
"""

from typing import TYPE_CHECKING, ClassVar

from cnncalc.vocabulary.field import base
from cnncalc.vocabulary.layer import (
    PARAMETERS,
    Call,
    Inputs,
    Kept,
    Step,
    Tensor,
    TorchCall,
    Weight,
    Work,
    cast_names,
)
from cnncalc.vocabulary.wide_statistics import WideStatistics
from cnncalc.vocabulary.word_fields import choice

if TYPE_CHECKING:
    from cnncalc.vocabulary.computation import Computation

FILTERS, GRAD = "filters", "grad_filters"
# All tensors that a computation has only for the gradients of its parameters.
FOR_WEIGHTS = (
    *("save_mean", "save_invstd", "factor", "grad_factor", "grad_ordered"),
    *("norms", "u", "v", "sigma", "grad_sigma", "grad_product", "through_product", "through_quotient"),
    *("grad_product_narrow", "through_product_narrow"),
    *("quotient", "over_sigma", "negative", "parts"),
    *(GRAD, "grad_whole"),
)


@base
class ComputesWeights(WideStatistics):
    """A layer whose filters may be computed in every call, before it uses them.

    It must stand before the class that has the filters as a parameter. A layer type that states its weights, work,
    scratch or calls itself passes them through `stored`, `computing_work`, `with_filters` and `computing_call`.
    """

    only_for_weights: ClassVar[tuple[int | str, ...]] = FOR_WEIGHTS
    # The dimension of the filters along which the outputs lie.
    outputs_along: ClassVar[int] = 0

    parametrize: str = choice(
        "none",
        "how the filters are computed from parameters in every call: weight_norm learns the length of each filter "
        "apart from its direction, spectral_norm divides the filters by their largest singular value",
        ("none", "weight_norm", "spectral_norm"),
    )

    @property
    def computation(self) -> "Computation | None":
        """How the filters are computed; None if they are a parameter."""
        if self.parametrize == "none":
            return None
        from cnncalc.vocabulary.parametrizations import parametrization

        return parametrization(self.parametrize, self.outputs_along)

    def stored(self, plain: tuple[Weight, ...]) -> tuple[Weight, ...]:
        """Its parameters, from those of the layer whose filters are a parameter."""
        way = self.computation
        return plain if way is None else way.stored(plain)

    def weights(self, inputs: Inputs) -> tuple[Weight, ...]:
        return self.stored(super().weights(inputs))  # type: ignore[safe-super]

    def _shape(self, inputs: Inputs, way: "Computation") -> tuple[int, ...]:
        """The shape of the filters."""
        return next(weight.shape for weight in self.weights(inputs) if weight.name == way.main)

    def buffers(self, inputs: Inputs) -> tuple[Tensor, ...]:
        way, others = self.computation, super().buffers(inputs)  # type: ignore[safe-super]
        return others if way is None else (*others, *way.buffers(self._shape(inputs, way)))

    def computing_work(self, plain: Work, inputs: Inputs) -> Work:
        """The work with that of the computation, which is done once for all images of a batch."""
        way = self.computation
        if way is None:
            return plain
        more = way.work(self._shape(inputs, way))
        return Work(*(count + added for count, added in zip(plain, more, strict=True)))

    def work(self, inputs: Inputs) -> Work:
        return self.computing_work(super().work(inputs), inputs)  # type: ignore[safe-super]

    def keeps(self, inputs: Inputs) -> tuple[Kept, ...]:
        way, kept = self.computation, super().keeps(inputs)  # type: ignore[safe-super]
        if way is None:
            return kept
        shape = self._shape(inputs, way)
        return (*kept, Tensor(FILTERS, shape), *way.kept(shape))

    def keeps_of(self, inputs: Inputs, call: Call) -> tuple[Kept, ...]:
        way, kept = self.computation, super().keeps_of(inputs, call)
        narrow = () if way is None else way.narrow(call)
        return tuple(
            item._replace(dtype=call.lower) if isinstance(item, Tensor) and item.name in narrow else item
            for item in kept
        )

    def with_filters(self, scratch: tuple[Tensor, ...], inputs: Inputs) -> tuple[Tensor, ...]:
        """The temporary tensors, with the filters among them."""
        way = self.computation
        return scratch if way is None else (*scratch, Tensor(FILTERS, self._shape(inputs, way)))

    def scratch(self, inputs: Inputs) -> tuple[Tensor, ...]:
        return self.with_filters(super().scratch(inputs), inputs)  # type: ignore[safe-super]

    def computing_first(
        self, steps: tuple[Step, ...], inputs: Inputs, call: Call, place: int = 0
    ) -> tuple[Step, ...]:
        """The steps of a forward pass, with those of the computation before the step `place`."""
        way = self.computation
        if way is None:
            return steps
        shape = self._shape(inputs, way)
        filters = Tensor(FILTERS, shape)
        makes = filters._replace(name="filters_whole", dtype=PARAMETERS) if call.autocast else filters
        before = tuple(way.forward(shape, makes, call))
        cast = (Step((filters,)),) if call.autocast else ()
        steps = tuple(
            step._replace(makes=tuple(item for item in step.makes if item.name != FILTERS)) for step in steps
        )
        # What the call itself does before it uses the filters, padding, comes before they are cast.
        using = next((k for k in range(place, len(steps)) if steps[k].casts), place)
        product = steps[using]
        if call.autocast and not product.casts:
            product = product._replace(casts=cast_names(self.weights(inputs), 0))
        return (*steps[:place], *before, *steps[place:using], *cast, product, *steps[using + 1 :])

    def calls_before(self, inputs: Inputs) -> int:
        """How many steps of the forward pass are calls before the one with the filters."""
        return 0

    def forward_of(self, inputs: Inputs, call: Call) -> tuple[Step, ...]:
        return self.computing_first(super().forward_of(inputs, call), inputs, call, self.calls_before(inputs))

    def backward_of(self, inputs: Inputs, wanted: tuple[bool, ...], call: Call) -> tuple[Step, ...]:
        """The operation with the filters makes their gradient; from it follow those of the parameters."""
        steps, way = super().backward_of(inputs, wanted, call), self.computation
        if way is None:
            return steps
        shape = self._shape(inputs, way)
        names = {weight.name for weight in self.weights(inputs) if not weight.is_bias}
        index = next(k for k, step in enumerate(steps) if any(item.name in names for item in step.makes))
        # What the operation with the filters has kept is freed after it, unless an operation after it reads that too.
        later = {name for step in steps[index + 1 :] for name in step.frees}
        kept = (item.name if isinstance(item, Tensor) else item for item in self.keeps_of(inputs, call))
        of_way = {item.name for item in way.kept(shape)}
        spent = (*steps[index].frees, "grad", "grad_turned", *(name for name in kept if name not in later))
        others = tuple(item for item in steps[index].makes if item.name not in names)
        frees = tuple(name for name in dict.fromkeys(spent) if name not in of_way)
        product = Step((*others, Tensor(GRAD, shape)), frees)
        grad, cast = GRAD, list[Step]()
        if call.autocast:
            # In the reverse of the order in which they were cast.
            operand = (0,) if wanted[0] and not self.casts_itself(inputs) else ()
            biases = tuple(weight.name for weight in self.weights(inputs) if weight.is_bias)
            product = product._replace(casts=operand)
            grad, cast = (
                "grad_whole",
                [Step((Tensor("grad_whole", shape, PARAMETERS),), (GRAD,), casts=biases)],
            )
        turned = super().turns_gradient(inputs, Weight("weight", shape, ""), call)
        rest, after = steps[index + 1 :], tuple(way.backward(shape, grad, call, turned=turned))
        # Casts are made last in the forward pass.
        casts_back = 1 if rest and rest[0].casts else 0
        padded = (step._replace(casts=()) for step in rest[:casts_back])
        first = (*steps[:index], product, *padded, *cast)
        # In a call of its own, padding comes before the filters are computed.
        return (
            (*first, *after, *rest[casts_back:])
            if self.calls_before(inputs)
            else (*first, *rest[casts_back:], *after)
        )

    def turns_gradient(self, inputs: Inputs, weight: Weight, call: Call) -> bool:
        way = self.computation
        return (way is None or way.keeps_layout or weight.is_bias) and super().turns_gradient(
            inputs, weight, call
        )

    def not_cast(self, inputs: Inputs) -> tuple[str, ...]:
        way = self.computation
        return () if way is None else way.parameters

    def computing_call(self, calls: tuple[TorchCall, ...]) -> tuple[TorchCall, ...]:
        """PyTorch's calls, that with the filters as the computation has it."""
        way = self.computation
        if way is None:
            return calls
        return tuple(way.call(call) if "bias" in call.arguments else call for call in calls)

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        return self.computing_call(super().torch(inputs))  # type: ignore[safe-super]
