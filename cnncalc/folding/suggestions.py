"""Names for values, from the modules that compute them."""

from collections.abc import Sequence

from cnncalc.folding.elements import Layer
from cnncalc.importers import Draft, Scope


def suggestions(layers: Sequence[Layer], draft: Draft) -> dict[str, str]:
    """For each value the name of the outermost module that ends with it; else that of its node in the draft."""
    last: dict[Scope, str] = {}
    for layer in layers:
        for scope in layer.scopes:
            if scope.path:
                last[scope] = layer.value
    paths: dict[str, str] = {}
    for scope, value in last.items():
        if value not in paths or len(scope.path) < len(paths[value]):
            paths[value] = scope.path
    return {
        layer.value: _of_path(paths[layer.value]) if layer.value in paths else _of_node(layer.nodes[0])
        for layer in layers
    }


def _of_path(path: str) -> str:
    """The end of a path from its last word on: `layer3` of `backbone.layer3`, `features_4` of `features.4`."""
    parts = path.split(".")
    start = len(parts) - 1
    while start > 0 and not parts[start][0].isalpha():
        start -= 1
    return _of_node("_".join(parts[start:]))


def _of_node(name: str) -> str:
    word = "".join(letter if letter.isalnum() or letter in "_-." else "_" for letter in name)[-90:]
    word = word.lstrip("_-.")
    return word if word[:1].isalpha() and word not in ("in", "prev") else f"x{word}"
