"""The diagnostics for parts of YAML that a spec does not allow, each at one node."""

from typing import Literal, TypeAlias

from cnncalc.diagnostic import Diagnostic, Edit, Fix, Note, Span
from cnncalc.text import faults as faults
from cnncalc.text.resolve import RefusedScalar
from cnncalc.text.source import escaped
from cnncalc.text.tree import Entry, Mapping, Node, Scalar, Sequence

# Keys whose value is a shape.
SHAPES = ("input", "expect", "shape")
_INSTEAD = "write a repeated part once in `blocks`, and common arguments in `defaults`"


def ambiguous(span: Span, text: str, refused: RefusedScalar, key: bool) -> Diagnostic:
    """A plain scalar that YAML 1.1 and 1.2 read differently, or a number that is too long."""
    if refused.too_long:
        return faults.NUMBER_TOO_LONG.at(span, refused.reason, help=refused.help)
    spellings = () if key else refused.spellings
    fixes = tuple(Fix(f"write {word}", (Edit(span, word),)) for word in spellings)
    fixes += (_quoted(span, text),)
    help = "write " + " or ".join(f"`{word}`" for word in (*spellings, f'"{text}"'))
    return faults.AMBIGUOUS_SCALAR.at(span, refused.reason, help=help, fixes=fixes)


def control_character(span: Span, character: str) -> Diagnostic:
    message = f"the text has the escape `{escaped(character)}` of an invisible character"
    return faults.CONTROL_CHARACTER.at(span, message, help="remove it")


Why: TypeAlias = Literal["depth", "nodes", "document"]
"""Why reading stops before the end of a text."""


def stopped(why: Why, span: Span, *, depth: int, nodes: int) -> Diagnostic:
    """Reading stops here, because a limit is passed or a second document starts."""
    match why:
        case "depth":
            return faults.NESTED_TOO_DEEP.at(
                span,
                f"there are {depth + 1} lists and mappings inside each other here; the limit is {depth}",
                help="move inner layers into `blocks`, and write the block's name in their place",
            )
        case "nodes":
            return faults.TOO_MANY_NODES.at(
                span,
                f"the spec is too large: it has more than {nodes:,} keys, values, lists and mappings",
                help="write equal layers only once: `repeat` repeats a layer, and `blocks` gives several layers a name",
            )
    return faults.SEVERAL_DOCUMENTS.at(
        span,
        "a second spec starts here, and a file can have only one",
        help="remove this line and what is below it, or put that into a file of its own",
    )


def empty(file: str) -> Diagnostic:
    help = "`cnncalc specs` lists specs to start from"
    return faults.EMPTY_SPEC.at(Span(file, 1, 1, 1, 1), "the text is empty", help=help)


def anchor(span: Span, name: str) -> Diagnostic:
    return faults.ALIAS.at(span, f"the anchor `&{escaped(name)}` is not allowed in a spec", help=_INSTEAD)


def alias(span: Span, name: str) -> Diagnostic:
    return faults.ALIAS.at(span, f"the alias `*{escaped(name)}` is not allowed in a spec", help=_INSTEAD)


def tag(span: Span, name: str) -> Diagnostic:
    short = name.replace("tag:yaml.org,2002:", "!!")
    return faults.TAG.at(
        span,
        f"the tag `{escaped(short)}` is not allowed in a spec",
        help="remove the tag; to write a number as text, put it in quotes",
    )


def duplicate(key: Scalar, first: Scalar) -> Diagnostic:
    message = f"`{escaped(key.raw)}` is given twice in one mapping"
    return faults.DUPLICATE_KEY.at(
        key.span, message, notes=(Note("first given here", first.span),), help="keep one of them"
    )


def merge_key(span: Span) -> Diagnostic:
    return faults.MERGE_KEY.at(span, "the merge key `<<` is not allowed in a spec", help=_INSTEAD)


def non_string_key(key: Node) -> Diagnostic:
    """A key that is not a word."""
    match key:
        case Sequence() | Mapping():
            kind = "a list" if isinstance(key, Sequence) else "a mapping"
            return faults.NON_STRING_KEY.at(key.span, f"this key is {kind}, not a word")
        case Scalar(raw=""):
            return faults.NON_STRING_KEY.at(key.span, "there is no key before this colon")
        case Scalar(value=None):
            kind = "null"
        case Scalar(value=bool()):
            kind = "a flag"
        case Scalar():
            kind = "a number"
    if kind == "a number" and key.span.column > 1:
        instead = "; write several numbers as a list in brackets: `[3, 3]`"
    else:
        instead = ""
    message = f"the key `{escaped(key.raw)}` is {kind}, not a word"
    return faults.NON_STRING_KEY.at(
        key.span,
        message,
        help=f'write `"{escaped(key.raw)}"` if it is a word{instead}',
        fixes=(_quoted(key.span, key.raw),),
    )


def several_numbers(entry: Entry, more: list[Scalar], within: Scalar | None) -> Diagnostic:
    """`{kernel: 3,3}`: numbers without brackets. YAML reads the second and later ones as keys."""
    key, first = entry.key, entry.value
    assert isinstance(first, Scalar)
    numbers = [first.raw, *(scalar.raw for scalar in more)]
    is_shape = key.raw in SHAPES or (within is not None and within.raw == "inputs")
    instead = "x".join(numbers) if is_shape else f"[{', '.join(numbers)}]"
    what = "write a shape as one word" if is_shape else "write several numbers as a list in brackets"
    name = escaped(key.raw)
    help = f"{what}: `{escaped(instead)}`"
    thousands = not is_shape and all(len(number) == 3 and number.isdecimal() for number in numbers[1:])
    if thousands and any(number.startswith("0") for number in numbers[1:]):
        instead = "".join(numbers)
        help = f"write a number without commas: `{escaped(instead)}`"
    elif thousands:
        help += f", or one number without commas: `{escaped(''.join(numbers))}`"
    start, end = first.span, more[-1].span
    whole = Span(start.file, start.line, start.column, end.end_line, end.end_column)
    return faults.NON_STRING_KEY.at(
        more[0].span,
        f"the key `{escaped(more[0].raw)}` is a number: a comma ends the value of `{name}` before it",
        help=help,
        fixes=(Fix(f"write {escaped(instead)}", (Edit(whole, instead),)),),
    )


def _quoted(span: Span, text: str) -> Fix:
    return Fix(f'write "{text}" in quotes', (Edit(span, f'"{text}"'),))
