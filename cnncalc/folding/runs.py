"""Equal items one after another as one item with `repeat`, and with `first` where the first one differs."""

from collections.abc import Iterable, Sequence

from cnncalc.folding.growing_rates import growing
from cnncalc.folding.item import CHANGES, FIRST, LAST, Item, changed_arguments, core, name_of

# The longest list of items that is looked for several times in a row.
LONGEST = 12


def repeated(items: Sequence[Item], names: Iterable[str] = ()) -> list[Item]:
    """The items with equal ones one after another as one. `names` are those of the values in the list's scope."""
    # The repetitions of `unit` are called `unit_1`, `unit_2`: not where a value has such a name.
    numbered = {base for name in names for base, _, number in [name.rpartition("_")] if number.isdecimal()}
    for item in items:
        item.repeats = item.get(LAST) not in numbered
    return _sequences(_singles(items))


def _singles(items: Sequence[Item]) -> list[Item]:
    result: list[Item] = []
    start = 0
    while start < len(items):
        end = _end(items, start)
        others = [run for run in (_with_first(items, start), growing(items, start)) if run is not None]
        longest = max(others, key=lambda run: run[0], default=None)
        if longest is not None and longest[0] > end:
            end, item = longest
        elif end - start > 1:
            item = items[start].with_entries(repeat=end - start, **name_of(items[end - 1]))
        else:
            item = items[start]
        item.paths = tuple(path for element in items[start:end] for path in element.paths)
        result.append(item)
        start = end
    return result


def _same(left: Item, right: Item) -> bool:
    """Whether an item can be the repetition after another: equal, but for where the first reads and the last's name."""
    if LAST in left or FIRST in right or "repeat" in left or "share" in left or "share" in right:
        return False
    if not right.repeats:
        return False
    return core(left) == core(right)


def _end(items: Sequence[Item], start: int) -> int:
    """The end of the run of equal items that begins at `start`."""
    end = start + 1
    while end < len(items) and _same(items[end - 1], items[end]):
        end += 1
    return end


def _with_first(items: Sequence[Item], start: int) -> tuple[int, Item] | None:
    """The end of a run whose first item has other arguments, and its item; None if there is none."""
    if start + 1 >= len(items):
        return None
    first, second = items[start], items[start + 1]
    if first.arguments is None or second.arguments is None or first.word != second.word:
        return None
    if LAST in first or FIRST in second or "share" in first or "share" in second or not second.repeats:
        return None
    changes = changed_arguments(first.arguments, second.arguments)
    end = _end(items, start + 1)
    if not changes or len(changes) > CHANGES or (len(changes) == len(first.arguments) and end - start < 3):
        return None
    # Of two, the first one may be the exception: the other has what is usual.
    usual = all(name in first.usual and second.arguments[name] == first.usual[name] for name in changes)
    if end - start < 3 and (len(changes) > 1 or not usual):
        return None
    last = items[end - 1]
    source = {FIRST: first[FIRST]} if FIRST in first else {}
    item = second.with_entries(repeat=end - start, first=changes, **source, **name_of(last))
    return end, item


def _sequences(items: list[Item]) -> list[Item]:
    """The items with lists of items that come several times in a row as a `sequence`."""
    result: list[Item] = []
    start = 0
    while start < len(items):
        best: tuple[int, int, int] | None = None
        for length in range(2, min(LONGEST, (len(items) - start) // 2) + 1):
            times = _times(items, start, length)
            saved = (times - 1) * length - 2
            if times > 1 and saved > 0 and (best is None or saved > best[0]):
                best = (saved, length, times)
        if best is None:
            result.append(items[start])
            start += 1
        else:
            _, length, times = best
            body = items[start : start + length]
            item = Item({"sequence": [Item(dict(element)) for element in body]}).with_entries(repeat=times)
            item.paths = tuple(
                path for element in items[start : start + length * times] for path in element.paths
            )
            result.append(item)
            start += length * times
    return result


def _times(items: Sequence[Item], start: int, length: int) -> int:
    """How often a list of items comes in a row."""
    times = 1
    if any(FIRST in item or LAST in item or "share" in item for item in items[start : start + length]):
        return times
    while all(
        (place := start + times * length + offset) < len(items) and items[start + offset] == items[place]
        for offset in range(length)
    ):
        times += 1
    return times
