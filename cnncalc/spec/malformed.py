"""The diagnostics for an entry that is not one item."""

from collections.abc import Callable

from cnncalc import layers
from cnncalc.layers import shown, stated
from cnncalc.spec import faults
from cnncalc.spec.controls import CONTROLS
from cnncalc.spec.reading import Reading, nearest
from cnncalc.text import Entry, Mapping, Node, Scalar, escaped


def report_no_item(reading: Reading, node: Node) -> None:
    """Report an entry that is neither a word nor a mapping with keys."""
    written_as = shown(node.value) if isinstance(node, Scalar) else "a list" if len(node) else "empty"
    reading.report(
        faults.MALFORMED_ITEM,
        node.span,
        f"an item is a word or a mapping, not {written_as}",
        help="write `- relu`, or `- conv: 64`",
    )


def report_not_one(
    reading: Reading,
    node: Mapping,
    main: Entry | None,
    extra: list[Entry],
    is_word: Callable[[str], bool],
) -> None:
    """Report a mapping with no layer, or with `extra` keys beside its `main` one."""
    if main is None:
        reading.report(
            faults.MALFORMED_ITEM,
            node.span,
            "the item has only control keys: there is no layer in it",
            help="put a layer beside them, as in `conv: 64`",
        )
        return
    from cnncalc.spec.slips import report_type

    if report_type(reading, [main, *extra], is_word):
        return
    inside = [entry for entry in extra if not is_word(entry.name)]
    misspelt = [entry for entry in inside if _is_control(entry.name, main.name)]
    if is_word(main.name) and misspelt and len(misspelt) == len(extra):
        for entry in misspelt:
            what = f"`{escaped(entry.name)}` beside `{main.name}` is not a control key"
            reading.unknown_word(faults.UNKNOWN_KEY, entry.key.span, what, entry.name, CONTROLS, "key")
        return
    if is_word(main.name) and len(inside) == len(extra):
        names = " and ".join(f"`{escaped(entry.name)}`" for entry in inside)
        reading.report(
            faults.MALFORMED_ITEM,
            inside[0].key.span,
            f"{names} beside `{main.name}`: parameters of a layer go inside it",
            help=f"write `{main.name}: {{{', '.join(escaped(entry.name) + ': ...' for entry in inside)}}}`",
        )
        return
    names = " and ".join(f"`{escaped(entry.name)}`" for entry in (main, *extra))
    reading.report(
        faults.MALFORMED_ITEM,
        extra[0].key.span,
        f"one item has several layers: {names}",
        help="start each with its own `- `",
    )


def _is_control(word: str, beside: str) -> bool:
    """Whether a word is more similar to a control key than to a parameter of the layer."""
    fields = stated(layers.layer_type(beside)) if beside in layers.names() else ()
    return word not in fields and nearest(word, CONTROLS) is not None
