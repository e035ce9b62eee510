"""Pieces that a sequence holds are layers where they are taken out of it."""

import pytest

from tests.importers.onnx._carried import draft_of, graph_of

onnx = pytest.importorskip("onnx")


def model(split: int | list[int], positions: tuple[int, ...]) -> bytes:
    """Pieces of an image's channels, joined in the order of `positions`."""
    import numpy

    values, helper = onnx.helper.make_tensor_value_info, onnx.helper
    sizes = [split] * (6 // split) if isinstance(split, int) else split
    channels = sum(sizes[position] for position in positions)
    tensors = [onnx.numpy_helper.from_array(numpy.array(split, "i8"), "split")]
    nodes = [helper.make_node("SplitToSequence", ["x", "split"], ["pieces"], axis=1)]
    for number, position in enumerate(positions):
        tensors.append(onnx.numpy_helper.from_array(numpy.array(position, "i8"), f"at{number}"))
        nodes.append(helper.make_node("SequenceAt", ["pieces", f"at{number}"], [f"piece{number}"]))
    nodes.append(
        helper.make_node("Concat", [f"piece{number}" for number in range(len(positions))], ["y"], axis=1)
    )
    graph = helper.make_graph(
        nodes, "net", [values("x", 1, [1, 6, 4, 4])], [values("y", 1, [1, channels, 4, 4])], tensors
    )
    content: bytes = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)]).SerializeToString()
    return content


@pytest.mark.parametrize(("split", "positions"), [(3, (1, 0)), (2, (0, 2)), ([1, 3, 2], (2, -2))])
def test_a_piece_is_a_part_of_the_channels(split: int | list[int], positions: tuple[int, ...]) -> None:
    draft = draft_of(model(split, positions))
    assert not draft.unknown
    graph = graph_of(draft)
    sizes = [split] * (6 // split) if isinstance(split, int) else split
    assert [node.shape.channels for node in graph.layers[:2] if node.shape] == [
        sizes[position] for position in positions
    ]
