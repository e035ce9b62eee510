"""The paths of modules: a node's name, its blocks as modules around it, and what follows a layer beside it."""

from cnncalc.graph import Graph


def module_paths(graph: Graph) -> dict[int, str]:
    """By index of a node, the path of its module. `stage1.conv2` is itself, its `stage1.conv2.bn` `stage1.conv2_bn`.

    A module with parameters is no container: a name that stands below another node's is joined to it instead.
    """
    names = {node.name for node in graph.nodes}
    taken: set[str] = set()
    paths: dict[int, str] = {}
    for node in graph.nodes:
        path = _joined(node.name, names)
        while path in taken:
            path += "_"
        taken.add(path)
        paths[node.index] = path
    return paths


def _joined(name: str, names: set[str]) -> str:
    parts = name.split(".")
    path = parts[0]
    for at in range(1, len(parts)):
        below = ".".join(parts[:at]) in names
        path += ("_" if below else ".") + parts[at]
    return path
