"""The items of a list of layers, with what they use: so that runs of them can be found."""

from collections.abc import Mapping
from typing import Any

from cnncalc.folding.parameters import given

# Arguments that `first` may change.
CHANGES = 2
# Keys of an item that belong to its first, or to its last, repetition.
FIRST, LAST = "from", "name"


class Item(dict[str, Any]):
    """An item of a list of layers. `block` is what it uses, with all of its arguments; `path` the module it is.

    `usual` are the defaults of the block's parameters, `main` is its first parameter, `rates` are the highest values of
    those that say how often something is dropped.
    """

    def __init__(
        self,
        entries: dict[str, Any],
        arguments: dict[str, Any] | None = None,
        usual: dict[str, Any] | None = None,
        main: str | None = None,
        path: str = "",
        rates: Mapping[str, float] | None = None,
    ) -> None:
        super().__init__(entries)
        self.arguments, self.usual, self.main, self.path = arguments, usual or {}, main, path
        self.rates = rates or {}
        self.paths: tuple[str, ...] = (path,)
        self.repeats = True

    @property
    def word(self) -> str:
        """What the item is: a layer, a block or a structure."""
        return next(iter(self))

    def with_entries(self, **entries: Any) -> "Item":
        """The item with other control keys beside it, in their usual order."""
        changed = {self.word: self[self.word]}
        beside = {**{key: value for key, value in self.items() if key != self.word}, **entries}
        for key in ("shortcut", "repeat", "first", FIRST, LAST):
            if key in beside:
                changed[key] = beside.pop(key)
        return Item({**changed, **beside}, self.arguments, self.usual, self.main, self.path, self.rates)


def core(item: Item) -> dict[str, Any]:
    return {key: value for key, value in item.items() if key not in (FIRST, LAST)}


def name_of(item: Item) -> dict[str, Any]:
    return {LAST: item[LAST]} if LAST in item else {}


def changed_arguments(first: Mapping[str, Any], second: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of the first that are others in the second."""
    return {name: value for name, value in first.items() if repr(second[name]) != repr(value)}


def called(arguments: dict[str, Any], usual: dict[str, Any], main: str | None) -> Any:
    """The value of an item that uses a block with these arguments."""
    shown = given(arguments, usual)
    if main is not None and list(shown) == [main] and not isinstance(shown[main], dict):
        return shown[main]
    return shown or None
