"""One layer of a Caffe network: its blobs, and its values with their types checked."""

import re
from collections.abc import Iterable, Mapping

from cnncalc.importers import faults
from cnncalc.importers.building import Building
from cnncalc.importers.formats._caffe.text_format import CaffeValue, Message
from cnncalc.shape import Shape
from cnncalc.spec import nearest
from cnncalc.text import escaped

# Caffe has 32 bits for a number.
MOST = 2**31 - 1


class BadCaffeLayer(Exception):
    """A layer that cannot be read; it is reported."""


# Types of layers in files before 2014 whose names are not the later ones in capitals.
_OLD_TYPES = {
    "ABSVAL": "AbsVal",
    "BNLL": "BNLL",
    "ELTWISE": "Eltwise",
    "INNER_PRODUCT": "InnerProduct",
    "LRN": "LRN",
    "MVN": "MVN",
    "RELU": "ReLU",
    "TANH": "TanH",
    "SOFTMAX_LOSS": "SoftmaxWithLoss",
    "HDF5_DATA": "HDF5Data",
    "HDF5_OUTPUT": "HDF5Output",
    "IM2COL": "Im2col",
    "ARGMAX": "ArgMax",
}


class CaffeLayer:
    """A layer with the names of its nodes for each bottom blob."""

    def __init__(self, message: Message, building: Building, bottoms: list[str], name: str) -> None:
        self.message, self.building = message, building
        self.bottoms, self.name = bottoms, name
        self.type = type_of(message)

    def parameters(self, *names: str) -> "CaffeParameters":
        """The message of the layer's parameters."""
        for name in names:
            if name in self.message.fields:
                return CaffeParameters(self.message.message(name), self)
        # In the oldest files they are in the layer itself.
        return CaffeParameters(Message(self.message.span), self)

    def shape(self, index: int = 0) -> Shape | None:
        """The shape of a bottom blob; None if it is not known."""
        return self.building.shapes[self.bottoms[index]]

    def add(self, type: str, fields: Mapping[str, object], sources: Iterable[str], suffix: str = "") -> str:
        name = f"{self.name}_{suffix}" if suffix else self.name
        return self.building.add(type, fields, sources, name=name, span=self.message.span)

    def unknown(
        self, op: str, shape: Shape | None, params: int | None = None, macs: int | None = None
    ) -> str:
        return self.building.unknown(
            op, self.bottoms, shape, name=self.name, span=self.message.span, params=params, macs=macs
        )


def type_of(message: Message) -> str:
    """The type of a layer: `InnerProduct`, also where the file has the older `INNER_PRODUCT`."""
    values = message.values("type")
    text = values[-1].text if values else ""
    if values and not values[-1].quoted and text.isupper():
        return _OLD_TYPES.get(text) or "".join(part.capitalize() for part in text.split("_"))
    return text


class CaffeParameters:
    """The values of a layer's parameters, with their types checked."""

    def __init__(self, message: Message, layer: CaffeLayer) -> None:
        self.message, self.layer = message, layer

    def bad(self, value: CaffeValue, message: str, help: str | None = None) -> BadCaffeLayer:
        self.layer.building.fault(faults.BAD_VALUE, value.span, message, help=help)
        return BadCaffeLayer()

    def _number(self, value: CaffeValue, name: str, low: int) -> int:
        if not re.fullmatch(r"[+-]?\d{1,10}", value.text, re.ASCII) or not low <= int(value.text) <= MOST:
            raise self.bad(
                value, f"`{name}` must be a whole number from {low} to {MOST:,}, not `{escaped(value.text)}`"
            )
        return int(value.text)

    def __contains__(self, name: str) -> bool:
        return name in self.message.fields

    def numbers(self, name: str, low: int = 0) -> list[int]:
        return [self._number(value, name, low) for value in self.message.values(name)]

    def number(self, name: str, default: int, low: int = 0) -> int:
        return (self.numbers(name, low) or [default])[-1]

    def needed(self, name: str, low: int = 1) -> int:
        """A number that has no default."""
        numbers = self.numbers(name, low)
        if not numbers:
            message = f"`{escaped(self.layer.name)}` ({self.layer.type}) needs `{name}`"
            self.layer.building.fault(faults.MISSING_VALUE, self.message.span, message)
            raise BadCaffeLayer
        return numbers[-1]

    def decimal(self, name: str, default: float) -> float:
        values = self.message.values(name)
        if not values:
            return default
        try:
            number = float(values[-1].text.removesuffix("f"))
        except ValueError:
            number = float("nan")
        if number != number or abs(number) > 1e30:
            raise self.bad(values[-1], f"`{name}` must be a number, not `{escaped(values[-1].text)}`")
        return number

    def flag(self, name: str, default: bool) -> bool:
        values = self.message.values(name)
        if not values:
            return default
        text = values[-1].text
        if text not in ("true", "false", "1", "0", "t", "f", "True", "False"):
            raise self.bad(values[-1], f"`{name}` must be true or false, not `{escaped(text)}`")
        return text in ("true", "1", "t", "True")

    def word(self, name: str, known: tuple[str, ...]) -> str:
        """One of some words, the first by default; numbers mean the words in their order."""
        values = self.message.values(name)
        if not values:
            return known[0]
        text = values[-1].text
        if text not in known:
            close = nearest(text, known)
            help = f"did you mean `{close}`?" if close else f"known: {', '.join(known)}"
            raise self.bad(values[-1], f"`{name}` cannot be `{escaped(text)}`", help)
        return text

    def pair(self, name: str, short: str, default: int, low: int) -> int | list[int]:
        """A size for all axes, one for each, or `short_h` and `short_w`."""
        height, width = f"{short}_h", f"{short}_w"
        if height in self or width in self:
            return [self.number(height, default, low), self.number(width, default, low)]
        numbers = self.numbers(name, low)
        if len(numbers) > 3:
            raise self.bad(
                self.message.values(name)[3], f"`{name}` has {len(numbers)} values, and at most 3 axes"
            )
        return numbers[0] if len(numbers) == 1 else numbers or default

    @staticmethod
    def names_of(message: Message) -> list[str]:
        """The names of a layer's parameters, by which layers share them."""
        named = [item.text("name") for item in message.messages("param")]
        # Before 2014 they were texts in the layer.
        named += [value.text for value in message.values("param")]
        return named if named and all(named) else []
