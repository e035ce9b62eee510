"""`extends`: one spec over another of the same folder tree, key by key."""

from collections.abc import Iterator

from cnncalc.diagnostic import Diagnostic
from cnncalc.files import descriptor
from cnncalc.spec import faults
from cnncalc.text import Entry, Mapping, Scalar, Source, escaped, load, read

# What a spec that extends another may say for itself.
OVERRIDES = ("cnncalc", "extends", "name", "source", "input", "params", "budget")
MOST = 8


class Family:
    """The texts of a spec and of those it extends, itself first, with the faults of finding them."""

    def __init__(self, source: Source, root: Mapping) -> None:
        self.sources = [source]
        self.roots = [root]
        self.diagnostics: list[Diagnostic] = []
        self.whole = True

    def get(self, name: str) -> Entry | None:
        """The entry under a top-level key, the extending spec's before the extended one's."""
        return next((entry for root in self.roots if (entry := root.get(name))), None)

    def entries(self, name: str) -> Iterator[Entry]:
        """Every spec's entry under a key, the most extending first."""
        return (entry for root in self.roots if (entry := root.get(name)))


def family(source: Source, root: Mapping) -> Family:
    """Follow `extends` from a spec to the one that stands by itself."""
    found = Family(source, root)
    while (entry := found.roots[-1].get("extends")) is not None and found.whole:
        _follow(found, entry)
    return found


def _follow(found: Family, entry: Entry) -> None:
    base = _base(found, entry)
    if isinstance(base, tuple):
        message, help = base
        found.whole = False
        found.diagnostics.append(faults.BAD_EXTENDS.at(entry.value.span, message, help=help))
        return
    root, more = load(base)
    found.sources.append(base)
    found.diagnostics += more
    if isinstance(root, Mapping):
        found.roots.append(root)
        return
    found.whole = False
    if not more:
        message = f"`{escaped(base.name)}` is not a spec"
        found.diagnostics.append(faults.BAD_EXTENDS.at(entry.value.span, message))


def _base(found: Family, entry: Entry) -> "Source | tuple[str, str | None]":
    """The text of the spec that is extended; or why it can't be, with what to do."""
    from pathlib import Path

    node, source = entry.value, found.sources[-1]
    if not isinstance(node, Scalar) or not isinstance(node.value, str) or not node.value:
        return "`extends` must be the path of a spec", "write `extends: other.yaml`"
    told = escaped(node.value)
    if source.path is None or descriptor(source.path) is not None:
        return "only a spec in a file can extend another: this one has no folder", "save it to a file"
    folder, target = Path(source.path).parent, Path(node.value)
    outside = f"`{told}` leads out of the spec's folder", "keep both in one folder tree"
    if target.is_absolute() or ".." in target.parts:
        return outside
    try:
        path = (folder / target).resolve()
        if not path.is_relative_to(folder.resolve()):
            return outside
        known = [Path(one.path).resolve() for one in found.sources if one.path]
    except (OSError, ValueError, RuntimeError):
        return f"`{told}` is not a path", None
    if path in known:
        what = "itself" if path == known[-1] else "a spec that extends it"
        return f"the spec extends {what}: {told}", "name the spec to take over"
    if len(found.sources) >= MOST:
        return f"specs extend each other {MOST} deep here, which is the limit", None
    base, faults = read(folder / target, escaped(str(Path(source.name).parent / target), 200))
    found.diagnostics += [] if base is None else faults
    if base is None:
        return f"`{told}` can't be read: {faults[0].message}", None
    return base
