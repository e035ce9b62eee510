"""The linear layers of attention, and its table of relative positions: their weights and multiply-adds."""

from collections.abc import Iterator

from cnncalc.record import NamedTuple
from cnncalc.vocabulary.allocation import Weight
from cnncalc.vocabulary.attending import Attending


class LinearLayers(NamedTuple):
    """One linear layer for each operand and one that joins the heads; none of them without projections.

    `bias` and `output_bias`: whether those of the operands have one, and whether the last one has.
    """

    attending: Attending
    bias: bool
    output_bias: bool

    def weights(self) -> Iterator[tuple[str, tuple[Weight, ...]]]:
        """The weights of the table and of each linear layer, by its name."""
        sizes = self.attending
        if (table := sizes.table) is not None:
            entries = "*".join(map(str, table.sizes))
            weight = Weight(
                "relative_position_bias_table", (table.entries, sizes.heads), f"({entries})*{sizes.heads}"
            )
            yield "table", (weight,)
        if not sizes.projected:
            return
        for which, shape in enumerate(sizes.inputs):
            name, leaving, widths = sizes.linear(which), sizes.projection(which), self._widths(which)
            weight = Weight(f"{name}.weight", (leaving, shape.channels), f"{shape.channels}*({widths})")
            yield name, (weight, *(Weight(f"{name}.bias", (leaving,), widths),) * self.bias)
        units, joined = sizes.units, sizes.heads * sizes.value
        weight = Weight("proj.weight", (units, joined), f"({sizes.heads}*{sizes.value})*{units}")
        yield "proj", (weight, *(Weight("proj.bias", (units,), str(units)),) * self.output_bias)

    def _widths(self, which: int) -> str:
        """The channels of an operand's linear layer: `8*16`, or `8*(16 + 32)`."""
        widths = [str(self.attending.width(part)) for part in self.attending.given[which]]
        return f"{self.attending.heads}*" + (f"({' + '.join(widths)})" if len(widths) > 1 else widths[0])

    def macs(self) -> tuple[int, ...]:
        """The multiply-adds of each linear layer for one image: of each operand, then of the joined heads."""
        sizes = self.attending
        if not sizes.projected:
            return ()
        operands = (
            shape.positions * shape.channels * sizes.projection(which)
            for which, shape in enumerate(sizes.inputs)
        )
        return (*operands, sizes.queries * sizes.heads * sizes.value * sizes.units)

    def products(self) -> tuple[str, ...]:
        """The same as products with numbers."""
        sizes = self.attending
        if not sizes.projected:
            return ()
        operands = (
            f"{shape.positions}*{shape.channels}*({self._widths(which)})"
            for which, shape in enumerate(sizes.inputs)
        )
        return (*operands, f"{sizes.queries}*({sizes.heads}*{sizes.value})*{sizes.units}")

    def bias_adds(self) -> int:
        """The additions of biases for one image."""
        sizes = self.attending
        if not sizes.projected:
            return 0
        projected = sum(shape.positions * sizes.projection(which) for which, shape in enumerate(sizes.inputs))
        return projected * self.bias + sizes.queries * sizes.units * self.output_bias
