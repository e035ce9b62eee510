"""What a node sees of several inputs together."""

from cnncalc.analysis.certainty import Inexact
from cnncalc.analysis.field import Field
from cnncalc.analysis.field_union import hull, of_one_position, union
from cnncalc.analysis.fieldwork import Fieldwork, Result, is_known
from cnncalc.graph import Node
from cnncalc.shape import Shape


def together(works: list[Fieldwork], node: Node) -> Result:
    """What a node sees of several inputs."""
    results = [work.results[node.index] for work in works]
    seen = [result for result in results if result is not None]
    if unknown := next((result for result in seen if isinstance(result, Inexact)), None):
        return unknown
    known = [result for result in seen if is_known(result)]
    if not known:
        return None
    first = next((result for result in known if result), known[0])
    alike = [
        stride for stride in known if [field.image for field in stride] == [field.image for field in first]
    ]
    if len(alike) == 1 or all(stride == first for stride in alike):
        return first
    if node.shape is None or node.shape.positions == 1:
        return tuple(map(of_one_position, zip(*alike, strict=True)))
    united = [_union_of_inputs(fields, node.shape) for fields in zip(*alike, strict=True)]
    whole = tuple([field for field in united if field is not None])
    return whole if len(whole) == len(united) else Inexact("unknown", node.name)


def _union_of_inputs(fields: tuple[Field, ...], shape: Shape) -> Field | None:
    """What is seen along one axis of several inputs of the same size; None if it differs too much."""
    first = fields[0]
    if any(
        field.axis != first.axis or field.fixed != first.fixed or None in field.phases for field in fields
    ):
        return None
    if first.axis is None:
        return first._replace(phases=(hull([field.phases[0] for field in fields]),))
    return union(list(fields), shape.spatial[first.axis])
