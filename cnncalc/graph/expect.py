"""`expect`: the shape a spec states against the one that comes out."""

from cnncalc.diagnostic import Diagnostic, Edit, Fix
from cnncalc.graph import _faults
from cnncalc.graph.model import Node
from cnncalc.shape import Shape
from cnncalc.spec import BadShape, Given
from cnncalc.spec import _faults as language


def bad_shape(wrong: BadShape, given: Given) -> Diagnostic:
    """A value that is no shape, with what to write instead where that is clear."""
    clear = wrong.instead if given.constant else None
    fixes = [Fix(f"write {clear}", (Edit(given.span, clear),))] if clear else []
    return language.BAD_SHAPE.at(given.span, wrong.message, help=wrong.help, fixes=fixes)


def expectation_fault(expected: Shape, node: Node, shape: Shape, given: Given) -> Diagnostic | None:
    """The mismatch, if there is one. 1x1xN and N features are the same, as the tables print features so."""
    if expected == shape:
        return None
    if expected.size == shape.size and expected.positions == shape.positions == 1:
        return None
    ours, theirs = shape.asdict(), expected.asdict()
    differing = [axis for axis in theirs if axis in ours and ours[axis] != theirs[axis]]
    facts = ", ".join(f"{axis} is {ours[axis]}, not {theirs[axis]}" for axis in differing)
    message = f"`{node.name}` gives {shape}, not {expected}" + (f": {facts}" if facts else "")
    fixes = [Fix(f"expect: {shape}", (Edit(given.span, str(shape)),))] if given.constant else []
    return _faults.EXPECT_MISMATCH.at(
        given.span, message, help=f"if the network is right, write `expect: {shape}`", fixes=fixes
    )
