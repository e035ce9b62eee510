"""The module calls around an operation, from what PyTorch's two exporters write."""

from ast import literal_eval
from typing import Any

from cnncalc.importers.draft import Scope

_NAMES = "pkg.torch.onnx.name_scopes"
_KINDS = "pkg.torch.onnx.class_hierarchy"


class Scopes:
    """Reads the scopes of operations, in the order of the graph.

    The exporter that `dynamo=True` means lists them in the metadata of each operation. The older one has them in its
    name: `/layer1/layer1.0/conv1/Conv`, where the second call of `relu` is called `relu_1`.
    """

    def __init__(self) -> None:
        self._seen: set[str] = set()

    def of(self, node: Any) -> tuple[Scope, ...]:
        """The calls around an operation, the outermost (the root) first; none if the file does not say."""
        facts = {item.key: item.value for item in node.metadata_props}
        if _NAMES in facts:
            return _listed(facts[_NAMES], facts.get(_KINDS, "[]"))
        if node.name.startswith("/"):
            return self._in_name(node.name)
        return ()

    def _in_name(self, name: str) -> tuple[Scope, ...]:
        scopes = [Scope("")]
        for word in name[1:].split("/")[:-1]:
            parent = scopes[-1].path
            last = parent.rpartition(".")[2]
            # A child of a list has the list's name: `layer1.0`, and `features.0.0` inside `features.0`.
            inside = next((start for start in (parent, last) if start and word.startswith(f"{start}.")), None)
            own = word if inside is None else word[len(inside) + 1 :]
            call = 0
            base, _, number = own.rpartition("_")
            if number.isdecimal() and _joined(parent, base) in self._seen:
                own, call = base, int(number)
            path = _joined(parent, own)
            if call == 0:
                self._seen.add(path)
            scopes.append(Scope(path, "", call))
        return tuple(scopes)


def _joined(parent: str, own: str) -> str:
    return f"{parent}.{own}" if parent else own


def _listed(names: str, kinds: str) -> tuple[Scope, ...]:
    """The last of the names is the operation itself."""
    try:
        paths, classes = literal_eval(names), literal_eval(kinds)
    except (ValueError, SyntaxError):
        return ()
    if not isinstance(paths, list) or not isinstance(classes, list):
        return ()
    classes += [""] * (len(paths) - len(classes))
    scopes = []
    for path, kind in zip(paths[:-1], classes[:-1], strict=False):
        path, _, call = str(path).partition("@")
        scopes.append(Scope(path, str(kind).rpartition(".")[2], int(call) if call.isdecimal() else 0))
    return tuple(scopes)
