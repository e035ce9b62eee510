"""What enters and leaves a network: the keys `input`, `inputs` and `outputs` of a document."""

from collections.abc import Container
from collections.abc import Mapping as MappingOf

from cnncalc.shape import Shape
from cnncalc.spec import faults
from cnncalc.spec.controls import layer_name
from cnncalc.spec.extends import Family
from cnncalc.spec.reading import Everything, Reading
from cnncalc.spec.shapes import read_shape
from cnncalc.spec.values import ValueExpr, unreadable
from cnncalc.text import Mapping, Scalar, Sequence


def facts(inputs: MappingOf[str, ValueExpr]) -> tuple[str, ...]:
    """What `$in` has in a network of these inputs: the axes of volumes, and features."""
    shapes = [read_shape(given.value) if given.constant else None for given in inputs.values()]
    axes = [axis for shape in shapes if isinstance(shape, Shape) for axis in shape.axes]
    if len(axes) == 0 or any(not isinstance(shape, Shape) for shape in shapes):
        axes = ["height", "width"]
    return ("in.channels", *(f"in.{axis}" for axis in dict.fromkeys(axes)), "in.features")


def inputs(
    reading: Reading, found: Family, meant: Container[str]
) -> tuple[dict[str, ValueExpr], set[str] | Everything]:
    """The shapes of `input` or `inputs`, by name, and the names that could not be read.

    They are unknown where a key that could not be read may mean them (`meant`).
    """
    if (several := found.roots[-1].get("inputs")) is not None and found.get("input") is None:
        if not isinstance(several.value, Mapping) or not len(several.value):
            reading.report(
                faults.WRONG_VALUE, several.value.span, "`inputs` must be a mapping from name to shape"
            )
            return {}, Everything()
        named: dict[str, ValueExpr] = {}
        lost: set[str] = set()
        for at, entry in enumerate(several.value, 1):
            if entry.key.doubtful:
                named[entry.name] = unreadable(entry.value.span)
                continue
            name = layer_name(reading, entry.key, "an input's name")
            if name is None:
                lost.add(entry.name)
            named[name.text if name is not None else f"input_{at}"] = reading.value(entry.value)
        twice = any(entry.key.doubtful for entry in several.value)
        return named, Everything() if not several.value.whole and not twice else lost
    if (one := found.get("input")) is not None:
        given = reading.value(one.value)
        return {"input": unreadable(given.span) if "input" in meant else given}, set()
    return {}, Everything() if "inputs" in meant else set()


def overridden_inputs(reading: Reading, found: Family) -> dict[str, ValueExpr]:
    """The input of the spec that has the layers, where one that extends it says another."""
    own = found.roots[-1].get("input")
    if own is None or found.get("input") is own:
        return {}
    # What is wrong with an input that is not used is wrong in its own spec alone.
    quiet = Reading()
    quiet.knobs, quiet.entered = reading.knobs, False
    return {"input": quiet.value(own.value)}


def outputs(reading: Reading, found: Family, meant: Container[str]) -> tuple[ValueExpr, ...] | None:
    """The names of the layers that give the outputs, some perhaps unreadable; None for the last layer."""
    entry = found.get("outputs")
    if entry is None:
        root = found.roots[0].span
        return (unreadable(root),) if "outputs" in meant else None
    nodes = entry.value.items if isinstance(entry.value, Sequence) else [entry.value]
    named = []
    for node in nodes:
        if isinstance(node, Scalar) and isinstance(node.value, str) and not node.doubtful:
            named.append(ValueExpr(node.span, node.value, True))
        else:
            named.append(unreadable(node.span))
            if not (isinstance(node, Scalar) and node.doubtful):
                reading.report(faults.WRONG_VALUE, node.span, "`outputs` must be a list of layer names")
    if not nodes:
        named.append(unreadable(entry.value.span))
        reading.report(
            faults.WRONG_VALUE,
            entry.value.span,
            "`outputs` is empty",
            help="leave it out for the last layer",
        )
    return tuple(named)
