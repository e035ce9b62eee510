"""`extends`: one spec overrides another, key by key. The other is in the same folder tree or is a shipped spec."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cnncalc import zoo
from cnncalc.diagnostic import Diagnostic, Edit, Fix
from cnncalc.files import LONGEST, descriptor
from cnncalc.record import NamedTuple
from cnncalc.spec import faults
from cnncalc.text import Entry, Mapping, Scalar, Source, escaped, load, read

if TYPE_CHECKING:
    from pathlib import Path

# The keys that a spec which extends another may have.
OVERRIDES = ("cnncalc", "extends", "name", "source", "input", "inputs", "params", "budget", "claims")
MOST = 8


class Family:
    """The texts of a spec and of those it extends, itself first, and the errors in finding them."""

    def __init__(self, source: Source, root: Mapping) -> None:
        self.sources = [source]
        self.roots = [root]
        # The texts of shipped blocks that it uses.
        self.included: list[Source] = []
        self.diagnostics: list[Diagnostic] = []
        self.whole = True

    def get(self, name: str) -> Entry | None:
        """The entry of a top-level key: from the extending spec if it has one, else from the extended one."""
        return next((entry for root in self.roots if (entry := root.get(name))), None)

    def entries(self, name: str) -> Iterator[Entry]:
        """The entry of a key in each spec, from the extending spec to the base."""
        return (entry for root in self.roots if (entry := root.get(name)))


def family(source: Source, root: Mapping) -> Family:
    """Follow `extends` from a spec to the one that extends nothing."""
    texts = Family(source, root)
    while (entry := texts.roots[-1].get("extends")) is not None and texts.whole:
        _follow(texts, entry)
    return texts


class BadBase(NamedTuple):
    """Why a spec can't be extended, and what to do."""

    message: str
    help: str | None = None
    # The name to write, if it is clear.
    instead: str | None = None


def _follow(texts: Family, entry: Entry) -> None:
    base = _base(texts, entry)
    if isinstance(base, BadBase):
        message, help, instead = base
        place = entry.value.span
        fixes = [Fix(f"write {instead}", (Edit(place, instead),))] if instead else []
        texts.whole = False
        texts.diagnostics.append(faults.BAD_EXTENDS.at(place, message, help=help, fixes=fixes))
        return
    root, more = load(base)
    texts.sources.append(base)
    texts.diagnostics += more
    if isinstance(root, Mapping):
        texts.roots.append(root)
        return
    texts.whole = False
    if not more:
        message = f"`{escaped(base.name)}` is not a spec"
        texts.diagnostics.append(faults.BAD_EXTENDS.at(entry.value.span, message))


def _base(texts: Family, entry: Entry) -> Source | BadBase:
    """The text of the spec that is extended; or why it can't be, with what to do."""
    from pathlib import Path

    from cnncalc.spec.known_specs import meant, stem

    node, source = entry.value, texts.sources[-1]
    if not isinstance(node, Scalar) or not isinstance(node.value, str) or not node.value:
        help = "write `extends: other.yaml`, or the name of a shipped spec: `extends: resnet50`"
        return BadBase("`extends` must be the path of a spec, or the name of a shipped one", help)
    word, shown = node.value, escaped(node.value)
    if len(word) > LONGEST:
        return BadBase(f"`{shown}` is not a path")
    try:
        place = _place(source, word)
        if isinstance(place, BadBase):
            return place
        path, shipped = place
        resolved = path.resolve()
        known = [Path(text.path).resolve() for text in texts.sources if text.path]
    except (OSError, ValueError, RuntimeError):
        return BadBase(f"`{shown}` is not a path")
    if resolved in known:
        what = "itself" if resolved == known[-1] else "a spec that extends it"
        return BadBase(f"the spec extends {what}: {shown}", "write the name of another spec")
    if len(texts.sources) >= MOST:
        return BadBase(f"specs extend each other more than {MOST} levels deep")
    name = f"{word}.yaml" if shipped else escaped(str(Path(source.name).parent / word), 200)
    while any(name == text.name for text in texts.sources):
        # A file with the name of a shipped spec that extends it: a place must be in one of the two.
        name = f"shipped:{name}"
    base, faults = read(path, name)
    texts.diagnostics += [] if base is None else faults
    if base is not None:
        return base
    instead = stem(word) if zoo.path(stem(word)) is not None else None
    if instead:
        wrong = f"a shipped spec has no path: write `extends: {instead}`"
    else:
        own = Path(source.path or "")
        close = meant(word, str(own.parent), but=own.name)
        wrong = close or "`cnncalc specs` lists those that are shipped"
    return BadBase(f"`{shown}` can't be read: {faults[0].message}", wrong, instead)


def _place(source: Source, word: str) -> "tuple[Path, bool] | BadBase":
    """The path of the spec that a word of `source` means, and whether it is a shipped one.

    A file beside the spec is used before the shipped spec of that name, a folder is not. Raises `OSError`, `ValueError`
    and `RuntimeError` for a word that is not a path.
    """
    from pathlib import Path

    from cnncalc.files import is_file
    from cnncalc.spec.known_specs import meant

    target, folder = Path(word), None
    if source.path is not None and descriptor(source.path) is None:
        folder = Path(source.path).parent
    if folder is None or not is_file(str(folder / target)):
        shipped = zoo.path(word)
        if shipped is not None:
            return Path(shipped), True
    if folder is None:
        help = "save it to a file; a shipped spec needs no file: `extends: resnet50`"
        message = "only a spec in a file can extend another file: this one has no folder"
        return BadBase(message, meant(word, None) or help)
    inside = not target.is_absolute() and ".." not in target.parts
    if not inside or not (folder / target).resolve().is_relative_to(folder.resolve()):
        return BadBase(
            f"`{escaped(word)}` is outside of the spec's folder", "keep both specs in one folder tree"
        )
    return folder / target, False
