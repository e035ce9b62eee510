"""A layer as a pattern writes it: its label, if the reader understands it, and then the settings that differ from the
defaults of the notation.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from cnncalc.layers import Layer, main_field, shown, stated
from cnncalc.pattern.words import defaults, head, of_label
from cnncalc.vocabulary.layer import Inputs
from cnncalc.vocabulary.values import Mapped

_LABEL = re.compile(r"(?P<head>[A-Za-z_][\w]*)(?:/(?P<stride>\d+(?:x\d+)*))?(?:-(?P<main>\d+))?")


class Unwritable(ValueError):
    """A layer that no pattern can say; the message says why."""


def written(layer: Layer, inputs: Inputs, *, before_norm: bool = False) -> str:
    """A layer as a part of a pattern. `before_norm`: a normalisation follows, which leaves out a bias.

    Raises `Unwritable`.
    """
    rank = inputs[0].rank
    label, said = _label(layer, inputs)
    kernel = getattr(layer, "kernel", None)
    default_values = {**_own_defaults(layer), **defaults(type(layer), kernel)}
    if "bias" in default_values and default_values["bias"] is None:
        default_values["bias"] = not before_norm
    words = [label]
    main = main_field(type(layer))
    for name in sorted(stated(type(layer)), key=lambda name: name != main):
        value = getattr(layer, name)
        if name == "bias" and value is None:
            value = True
        if name in said or value is None or _same(value, default_values.get(name), layer, name, rank):
            continue
        if default_values.get(name, 0) is None and _left_out(layer, name, inputs) == value:
            continue
        words.append(_setting(name, _value(value, name), main))
    return " ".join(words)


def _setting(name: str, text: str, main: str | None) -> str:
    """A field and its value: a number alone is the main one, and `pad 1` reads as the notes say it."""
    if name == main and re.fullmatch(r"\d+(\.\d+)?(e[-+]?\d+)?", text):
        return text
    return f"pad {text}" if name == "padding" and text.isdigit() else f"{name}={text}"


def _left_out(layer: Layer, name: str, inputs: Inputs) -> Any:
    """What a field is where it is left out."""
    built = type(layer)(**{**vars(layer), name: None})
    return built.in_effect(inputs).get(name, (None, ""))[0]


def _own_defaults(layer: Layer) -> dict[str, Any]:
    return {name: default for name, (_, default) in stated(type(layer)).items()}


def _label(layer: Layer, inputs: Inputs) -> tuple[str, frozenset[str]]:
    """The word of a layer, and the fields that it says: its label if that reads back as this layer, else its key."""
    label = layer.label(inputs)
    label_match = _LABEL.fullmatch(label)
    read = head(label_match["head"]) if label_match else None
    if label_match is None or read is None or read.key != layer.key:
        return layer.key.upper(), frozenset()
    rank, main = inputs[0].rank, main_field(type(layer))
    texts = {
        of_label(type(layer)): read.size,
        "stride": label_match["stride"] or "",
        main: label_match["main"] or "",
    }
    if read.size and main == of_label(type(layer)):
        texts[main] = read.size
    said: set[str] = set()
    for name, text in texts.items():
        if name is None or not text:
            continue
        value = tuple(map(float, text.split("x")))
        if name not in stated(type(layer)) or _per_axis(getattr(layer, name), rank) != _per_axis(value, rank):
            return layer.key.upper(), frozenset()
        said.add(name)
    return label, frozenset(said)


def _per_axis(value: Any, rank: int) -> tuple[Any, ...]:
    """A number for each axis."""
    numbers = value if isinstance(value, tuple) else (value,)
    return tuple(numbers) * (rank if len(numbers) == 1 and rank else 1)


def _same(value: Any, given: Any, layer: Layer, name: str, rank: int) -> bool:
    """Whether a value is what the notation gives anyway."""
    if value == given:
        return True
    if name == "padding" and given == "half" and isinstance(value, int | tuple):
        kernels = _per_axis(getattr(layer, "kernel", 1), rank)
        steps = _per_axis(getattr(layer, "dilation", 1), rank)
        return _per_axis(value, rank) == tuple(
            step * (kernel - 1) / 2 for kernel, step in zip(kernels, steps, strict=True)
        )
    plain = isinstance(value, int | tuple) and isinstance(given, int | tuple) and not isinstance(value, bool)
    return plain and _per_axis(value, rank) == _per_axis(given, rank)


def _value(value: Any, name: str) -> str:
    """A value as it stands after `FIELD=`."""
    if isinstance(value, Mapped):
        return _value(value.spelt(), name)
    if isinstance(value, Mapping):
        return ",".join(f"{key}:{_value(item, name)}" for key, item in value.items())
    if isinstance(value, tuple):
        if all(isinstance(item, int) and item >= 0 for item in value) and len(value) > 1:
            return "x".join(map(str, value))
        if len(value) > 1 and all(isinstance(item, str) for item in value):
            return ",".join(value)
        raise Unwritable(f"`{name}` is {shown(value)}, which no pattern can say")
    return shown(value)


def parts_of(layers: "list[tuple[Layer, Inputs]]") -> Iterator[str]:
    """The layers of a chain as the parts of a pattern, one each. Raises `Unwritable`."""
    for index, (layer, inputs) in enumerate(layers):
        following = layers[index + 1][0] if index + 1 < len(layers) else None
        yield written(layer, inputs, before_norm=following is not None and following.cancels_bias)
