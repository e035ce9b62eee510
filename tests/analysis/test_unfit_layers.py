"""A layer that does not fit its input is an error of its own: all questions about the rest are answered."""

import cnncalc
from cnncalc.analysis import Analysis
from cnncalc.layers import layer_type, names, shown
from cnncalc.render.explanation import explanation
from tests._each import each

INPUTS = ("6", "4x6", "4x4x6", "3x4x4x6")


def text(name: str, shape: str) -> str:
    fields = {key: shown(value) for key, value in layer_type(name).examples[0].fields.items()}
    given = ", ".join(f"{key}: {value}" for key, value in fields.items())
    return (
        f"cnncalc: 1\ninput: {shape}\nlayers:\n  - scale: 2\n  - {name}: {{{given}}}\n    from: scale1\n"
        "    name: it\n  - relu\n  - prelu:\n    from: scale1\n"
    )


@each("name", names())
def test_every_layer_over_every_number_of_axes(name: str) -> None:
    for shape in INPUTS:
        graph = cnncalc.load(text(name, shape), mode="training")
        analysis = Analysis(graph)
        assert len(analysis.backward_work) == len(graph.nodes)
        for node in graph.nodes:
            assert "".join(explanation(analysis, node))
