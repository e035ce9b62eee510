"""What a pattern leaves out of its layers: 3x3 filters and 2x2 pooling, and parameters for other sizes."""

from cnncalc.layers import Layer, layer_type, main_field, stated
from cnncalc.pattern.parts import LayerPart, Part, each_layer
from cnncalc.pattern.state import PatternReading, scalar
from cnncalc.pattern.values import known_fields
from cnncalc.pattern.words import CLASSES, FILTERS, SIZES, UNITS, defaults, missing, unsaid

# What is said of a size that is left out, by its parameter.
WHAT = {
    FILTERS: "does not say how many filters: {size} are assumed, as in the notes' example",
    UNITS: "does not say how many units: {size} are assumed",
    CLASSES: "does not say how many classes: {size} are assumed, as in the notes' example",
}


def with_sizes(reading: PatternReading, parts: list[Part]) -> list[Part]:
    """The parts, each layer with the fields that the notation gives it where the pattern says nothing."""
    last = _classifier(parts)
    for part in each_layer(parts):
        if not part.known:
            continue
        layer = layer_type(part.key.raw)
        if (name := unsaid(layer)) is not None and name not in part.fields:
            size = CLASSES if part is last else name
            what = f"`{part.word.upper()}` {WHAT[size].format(size=SIZES[size])}"
            help = f"write `{part.word.upper()} {SIZES[size]}`, or give `--set {size}={SIZES[size]}`"
            part.fields = {name: reading.assumed(size, SIZES[size], part.key.span, what, help), **part.fields}
        for field, value in defaults(layer, known_fields(layer, part.fields).get("kernel")).items():
            part.fields.setdefault(field, scalar(value, part.key.span))
        if fields := missing(layer, part.fields):
            _report_missing(reading, part, fields)
    return parts


def _report_missing(reading: PatternReading, part: LayerPart, fields: list[str]) -> None:
    """Say what a layer needs that it is not given."""
    layer, word = layer_type(part.key.raw), part.word.upper()
    needed = " and ".join(f"`{field}` ({stated(layer)[field][0].doc})" for field in fields)
    settings = " ".join(_example(layer, field) for field in fields)
    reading.report_at(part.key.span, f"`{word}` needs {needed}", f"write `{word} {settings}`, for example")
    part.reported = True


def _example(layer: type[Layer], field: str) -> str:
    """A field as a pattern writes it, with the value of the layer's own first example that has one."""
    value = next((example.fields[field] for example in layer.examples if field in example.fields), "...")
    if isinstance(value, int) and main_field(layer) == field:
        return f"{value}"
    text = ",".join(map(str, value)) if isinstance(value, tuple) else f"{value}".lower()
    return f"{field}={text}"


def _classifier(parts: list[Part]) -> LayerPart | None:
    """The layer whose units are the classes: the last that has units, where nothing repeats it."""
    for part in reversed(parts):
        if any(_has_units(item) for item in each_layer([part])):
            return part if isinstance(part, LayerPart) and part.controls.repeat is None else None
    return None


def _has_units(part: LayerPart) -> bool:
    return part.known and unsaid(layer_type(part.key.raw)) == UNITS
