"""`extends`: one spec over another of the same folder tree, key by key."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from cnncalc.diagnostic import Diagnostic
from cnncalc.spec import _faults
from cnncalc.text import Entry, Mapping, Scalar, Source, escaped, load, read

# What a spec that extends another may say for itself.
OVERRIDES = ("cnncalc", "extends", "name", "source", "input", "params")
MOST = 8


@dataclass
class Family:
    """The texts of a spec and of those it extends, itself first, with the faults of finding them."""

    sources: list[Source] = field(default_factory=list)
    roots: list[Mapping] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    whole: bool = True

    def get(self, name: str) -> Entry | None:
        """The entry under a top-level key, the extending spec's before the extended one's."""
        return next((entry for root in self.roots if (entry := root.get(name))), None)

    def entries(self, name: str) -> Iterator[Entry]:
        """Every spec's entry under a key, the most extending first."""
        return (entry for root in self.roots if (entry := root.get(name)))


def family(source: Source, root: Mapping) -> Family:
    """Follow `extends` from a spec to the one that stands by itself."""
    found = Family([source], [root])
    while (entry := found.roots[-1].get("extends")) is not None and found.whole:
        _follow(found, entry)
    return found


def _follow(found: Family, entry: Entry) -> None:
    node, source = entry.value, found.sources[-1]

    def fault(message: str, help: str | None = None) -> None:
        found.whole = False
        found.diagnostics.append(_faults.BAD_EXTENDS.at(node.span, message, help=help))

    if not isinstance(node, Scalar) or not isinstance(node.value, str) or not node.value:
        return fault("`extends` must be the path of a spec", "write `extends: other.yaml`")
    told = escaped(node.value)
    if source.path is None:
        return fault("only a spec in a file can extend another: this one has no folder", "save it to a file")
    folder = source.path.parent
    target = Path(node.value)
    if target.is_absolute() or ".." in target.parts:
        return fault(f"`{told}` leads out of the spec's folder", "keep both in one folder tree")
    path = folder / target
    try:
        if not path.resolve().is_relative_to(folder.resolve()):
            return fault(f"`{told}` leads out of the spec's folder", "keep both in one folder tree")
        known = [one.path.resolve() for one in found.sources if one.path]
        if path.resolve() in known:
            what = "itself" if path.resolve() == known[-1] else "a spec that extends it"
            return fault(f"the spec extends {what}: {told}", "name the spec to take over")
    except (OSError, ValueError, RuntimeError):
        return fault(f"`{told}` is not a path")
    if len(found.sources) >= MOST:
        return fault(f"specs extend each other {MOST} deep here, which is the limit")
    name = str(Path(source.name).parent / target) if source.name else node.value
    base, faults = read(path, name)
    if base is None:
        return fault(f"`{told}` can't be read: {faults[0].message}" if faults else f"`{told}` can't be read")
    root, more = load(base)
    found.sources.append(base)
    found.diagnostics += [*faults, *more]
    if isinstance(root, Mapping):
        found.roots.append(root)
    else:
        found.whole = False
        if not more:
            found.diagnostics.append(_faults.BAD_EXTENDS.at(node.span, f"`{told}` is not a spec"))
