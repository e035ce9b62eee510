"""Reserved words that can't be names, and fixes that rename them."""

from collections.abc import Iterable, Iterator, Mapping

from cnncalc.diagnostic import Edit, Fix
from cnncalc.spec import faults
from cnncalc.spec.cycles import every
from cnncalc.spec.item_types import BlockItem, Item, MergeItem, UnknownItem
from cnncalc.spec.reading import RESERVED, Reading
from cnncalc.spec.values import ValueExpr
from cnncalc.text import Scalar


def report_reserved(reading: Reading, node: Scalar, what: str) -> None:
    """Report a reserved word that is used as a name. There is a fix for layers and inputs, not for blocks."""
    word = node.raw
    message = f"`{word}` means {RESERVED[word]}, and can't be {what}"
    if what == "a block's name":
        reading.report(faults.BAD_NAME, node.span, message, help="give the block another name")
        return
    other = f"{word}1"
    fix = Fix(f"write `{other}`", (Edit(node.span, other),))
    if word == "in":
        reading.renames.append((len(reading.diagnostics), reading.body))
    reading.report(faults.BAD_NAME, node.span, message, help=f"write `{other}`", fixes=[fix])


def complete_renames(
    reading: Reading, bodies: Mapping[str, tuple[Item, ...]], outputs: Iterable[ValueExpr]
) -> None:
    """Add to each fix that renames `in` the references to it in the same list of layers.

    `bodies` are the items of each block by its name; the network has the empty name. A reference in another
    list is ambiguous: then there is no fix.
    """
    if not reading.renames:
        return
    renamed = {body for _, body in reading.renames}
    uses = {name: list(_references(items)) for name, items in bodies.items()}
    uses.setdefault("", []).extend(outputs)
    means = {name: [given for given in givens if _is_in(given)] for name, givens in uses.items()}
    open_to_doubt = any(givens for name, givens in means.items() if name not in renamed)
    for index, body in reading.renames:
        fault = reading.diagnostics[index]
        edits = [Edit(given.span, f"in1{str(given.value)[2:]}") for given in means.get(body, ())]
        fixes = () if open_to_doubt else (Fix(fault.fixes[0].text, (*fault.fixes[0].edits, *edits)),)
        reading.diagnostics[index] = fault._replace(fixes=fixes)


def _is_in(given: ValueExpr) -> bool:
    return given.constant and isinstance(given.value, str) and given.value.partition(".")[0] == "in"


def _references(items: tuple[Item, ...]) -> Iterator[ValueExpr]:
    """The references in items, and the arguments that may be names."""
    for item in every(items):
        yield from filter(None, (item.controls.source, item.controls.share))
        match item:
            case MergeItem() | UnknownItem():
                yield from (
                    operand.reference for operand in item.operands or () if operand.reference is not None
                )
            case BlockItem():
                for call in filter(None, (item.call, item.first)):
                    yield from call.computed.values()
