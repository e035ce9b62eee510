"""Rates that grow evenly with the repetition, as those of stochastic depth do: one expression for all of them."""

from collections.abc import Sequence
from fractions import Fraction

from cnncalc.folding.item import CHANGES, FIRST, LAST, Item, called, changed_arguments, core, name_of
from cnncalc.vocabulary.dropping import rate

# The shortest run in which a rate grows: any two numbers grow evenly.
SHORTEST = 3


def growing_rate(first: Fraction, step: Fraction, highest: Fraction) -> str | None:
    """The rate of repetition `$i`: `0.1 * ($i + 3) / 17` if the highest rate of the network is 0.1.

    None if the steps before the first one are not whole.
    """
    before, steps = first / step, highest / step
    if before.denominator > 1 or before < 0:
        return None
    place = "$i" if before == 0 else f"($i + {before})"
    if steps.denominator == 1 and Fraction(repr(float(highest))) == highest:
        return f"{float(highest)} * {place} / {steps}"
    return f"{place} / {step.denominator}" if step.numerator == 1 else None


def growing(items: Sequence[Item], start: int) -> tuple[int, Item] | None:
    """The end of a run in which a rate grows evenly with the repetition, and its item; None if there is none."""
    first = items[start]
    for name, highest in first.rates.items():
        # In a block it can be a parameter of the block.
        if first.arguments is None or not isinstance(first.arguments[name], int | float):
            continue
        values = [_rate(first, name)]
        end = start + 1
        while end < len(items) and _grows(
            items[end - 1], items[end], name, CHANGES if end == start + 1 else 0
        ):
            values.append(_rate(items[end], name))
            if values[-1] - values[-2] != values[1] - values[0]:
                break
            end += 1
        if end - start < SHORTEST:
            continue
        if (text := growing_rate(values[0], values[1] - values[0], rate(highest))) is not None:
            return end, _with_rate(items[start:end], name, text)
    return None


def _rate(item: Item, name: str) -> Fraction:
    assert item.arguments is not None
    return rate(item.arguments[name])


def _grows(left: Item, right: Item, name: str, changes: int) -> bool:
    """Whether an item can be the repetition after another one, with a larger rate and some other changes."""
    if left.arguments is None or right.arguments is None or left.word != right.word or not right.repeats:
        return False
    if LAST in left or FIRST in right or "share" in left or "share" in right:
        return False
    if not all(isinstance(item[name], int | float) for item in (left.arguments, right.arguments)):
        return False
    others = changed_arguments(left.arguments, right.arguments).keys() - {name}
    beside = [{**core(item), item.word: None} for item in (left, right)]
    return left.arguments[name] < right.arguments[name] and beside[0] == beside[1] and len(others) <= changes


def _with_rate(items: Sequence[Item], name: str, text: str) -> Item:
    """Items as one whose argument is an expression of the repetition."""
    first, second, last = items[0], items[1], items[-1]
    assert first.arguments is not None
    assert second.arguments is not None
    arguments = {**second.arguments, name: text}
    changes = changed_arguments({**first.arguments, name: text}, arguments)
    entries = {**second, second.word: called(arguments, second.usual, second.main)}
    entries |= {FIRST: first[FIRST]} if FIRST in first else {}
    item = Item(entries, arguments, second.usual, second.main)
    return item.with_entries(repeat=len(items), **({"first": changes} if changes else {}), **name_of(last))
