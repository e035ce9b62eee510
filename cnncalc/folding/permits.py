"""Which folds may be made. If a folded document is not proven, the folds that spoil it are found and left out."""

from collections.abc import Callable


class Permits:
    """Permits for folds by name: each pass asks before it folds.

    `allowed` are the names, None: all of them but the `refused`.
    """

    def __init__(
        self, allowed: frozenset[str] | None = None, *, refused: frozenset[str] = frozenset()
    ) -> None:
        self._allowed, self._refused = allowed, refused
        self.asked: dict[str, None] = {}

    def __call__(self, name: str) -> bool:
        self.asked[name] = None
        return name not in self._refused if self._allowed is None else name in self._allowed


def largest(names: list[str], proves: Callable[[frozenset[str]], bool]) -> frozenset[str]:
    """The names that are proven together, of which those in the way are left out: halves, and halves of these.

    `proves` says whether a set of folds gives the same network; it does for none of them.
    """

    def grow(base: frozenset[str], more: list[str]) -> frozenset[str]:
        if proves(base | frozenset(more)):
            return base | frozenset(more)
        if len(more) == 1:
            return base
        half = len(more) // 2
        return grow(grow(base, more[:half]), more[half:])

    return grow(frozenset(), names) if names else frozenset()
