"""From a graph to the text of the file."""

import textwrap

from cnncalc.exporters._exporter import NotExported
from cnncalc.exporters._faults import no_form
from cnncalc.exporters.torch_source import Written, naming
from cnncalc.exporters.torch_source.network import Network
from cnncalc.exporters.torch_source.parts import WIDTH
from cnncalc.exporters.torch_source.paths import module_paths
from cnncalc.exporters.torch_source.source import class_lines, file_text, functions
from cnncalc.exporters.torch_source.tying import after_construction
from cnncalc.graph import Graph
from cnncalc.text import escaped


def composed(graph: Graph) -> Written:
    """The file of a graph. Raises `NotExported`."""
    missing = [
        no_form(graph, node, "PyTorch has no such layer")
        for node in graph.layers
        if node.fit is not None and not node.fit.layer.torch(node.fit.inputs)
    ]
    if missing:
        raise NotExported(missing)
    own = {
        call.target.partition(".")[2]
        for node in graph.layers
        if node.fit is not None
        for call in node.fit.layer.torch(node.fit.inputs)
        if call.target.startswith("own.")
    }
    network = Network(graph, naming.FILE_NAMES | own)
    writers = network.classes
    for writer in writers:
        naming.decide([*(piece.attribute for piece in writer.made), *(flag for flag, _ in writer.flags)])
    paths = module_paths(network)
    classes = []
    for writer in writers:
        main = writer is network.main
        extra = after_construction(graph, network, paths) if main else []
        shapes = " and ".join(str(node.shape) for node in graph.inputs)
        doc = f"{escaped(graph.title)}, for {shapes}; comments show volumes as HxWxC." if main else ""
        doc = doc if len(doc) <= WIDTH - 10 else f"{escaped(graph.title)}."
        doc = doc if main else ""
        classes.append(class_lines(writer, doc, extra, comments=main))
    used = functions(writers)
    text = file_text(classes, sorted(own), used, _heading(graph))
    return Written(text, network.main.title, paths)


def _heading(graph: Graph) -> list[str]:
    """The docstring of the file: the network's name and where it comes from."""
    title = f"{escaped(graph.title)}, written by cnncalc."
    if not graph.spec.origin:
        return [f'"""{_quotable(title)}"""']
    lines = textwrap.wrap(escaped(graph.spec.origin, 1000), 80)
    return [f'"""{_quotable(title)}', "", *map(_quotable, lines), '"""']


def _quotable(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"""', "'''")
