"""Parts: every node is in one, what belongs together is one box, and repeats are runs."""

import pytest

import cnncalc
from cnncalc.analysis import Analysis
from cnncalc.drawing.parts import IN, OUT, DrawnPart, nodes_of, tree
from tests._each import each
from tests.drawing._drawn import OTHERS, QUICK, dense, network


def grown(name: str, *, every: bool = False) -> DrawnPart:
    return tree(Analysis(cnncalc.load(name)), every=every)


def blocks(root: DrawnPart) -> list[DrawnPart]:
    """Every block, those of all repetitions too."""
    waiting = [root]
    for part in waiting:
        waiting += [use for child in part.parts for use in child.run if not use.is_layer]
    return waiting


def names(part: DrawnPart) -> list[str]:
    return [child.name for child in part.parts]


@each("name", QUICK)
def test_every_node_is_in_one_part_and_every_tensor_has_both_ends(name: str) -> None:
    check(name)


@pytest.mark.long
@each("name", OTHERS)
def test_every_node_of_any_other_network_is_in_one_part(name: str) -> None:
    check(name)


def check(name: str) -> None:
    graph = cnncalc.load(name)
    root = tree(Analysis(graph))
    assert sorted(node.index for node in nodes_of((root,))) == list(range(len(graph.nodes)))
    for block in blocks(root):
        inside = {id(part): {node.index for node in part.all_nodes()} for part in block.parts}
        for wire in block.wires:
            if wire.source == IN:
                assert wire.tensor in block.entries
            else:
                assert wire.tensor in inside[id(block.parts[wire.source])]
            if wire.target == OUT:
                assert wire.tensor in block.exits
            else:
                readers = inside[id(block.parts[wire.target])]
                assert any(wire.tensor in graph.nodes[reader].inputs for reader in readers)


def test_a_norm_and_an_activation_are_drawn_with_their_layer() -> None:
    root = grown("resnet18")
    assert [node.kind for node in root.parts[1].nodes] == ["conv", "bn", "relu"]
    assert [len(part.nodes) for part in grown("resnet18", every=True).parts[:4]] == [1, 1, 1, 1]


def test_equal_layers_of_one_item_are_not_drawn_as_one_layer() -> None:
    graph = network(layers=[{"conv": {"filters": 3, "kernel": 3, "padding": 1}, "repeat": 3}])
    assert names(tree(Analysis(graph))) == ["input", "conv1", "conv2", "conv3"]


def test_what_is_read_twice_has_a_box_of_its_own() -> None:
    layers = [{"conv": 3, "act": "relu", "name": "a"}, {"conv": 3}, {"add": ["prev", "a"]}]
    graph = network(layers=[{"conv": {"filters": 3, "act": "relu"}, "name": "a"}, *layers[1:]])
    assert [[node.kind for node in part.nodes] for part in tree(Analysis(graph)).parts] == [
        ["input"],
        ["conv", "relu"],
        ["conv"],
        ["add"],
    ]


def test_the_repetitions_of_a_block_are_a_run() -> None:
    runs = {part.name: part.times for part in tree(Analysis(dense(6, 12))).parts if part.times > 1}
    assert runs == {"dense1": 6, "dense7": 12}


def test_repetitions_of_a_block_with_several_values_are_a_run() -> None:
    """Each layer of DenseNet-121 reads two values of the layer before it."""
    runs = {
        part.name: part.times
        for block in blocks(grown("densenet121"))
        for part in block.parts
        if part.times > 1
    }
    assert runs == {f"dense{block}.layer_1": depth - 1 for block, depth in enumerate((6, 12, 24, 16), 1)}


def test_a_block_with_another_form_is_not_in_the_run() -> None:
    times = [part.times for part in grown("resnet50").parts if not part.is_layer]
    assert times == [1, 2, 1, 3, 1, 5, 1, 2]


def test_uses_of_one_block_with_other_sizes_are_no_run() -> None:
    assert [part.times for part in grown("vgg16").parts if not part.is_layer] == [1] * 5


def test_many_equal_layers_are_a_run_and_few_are_not() -> None:
    for count, expected in ((3, [1, 1, 1, 1]), (4, [1, 4]), (1000, [1, 1000])):
        conv = {"conv": {"filters": 3, "kernel": 3, "padding": 1, "bias": True}, "repeat": count}
        assert [part.times for part in tree(Analysis(network(layers=[conv]))).parts] == expected


def test_equal_blocks_have_one_form() -> None:
    forms = [part.form for part in grown("resnet50").parts if not part.is_layer]
    assert len(set(forms)) == 2


RESIDUAL = {"residual": ["bn", {"conv": 3}]}


def test_what_repeats_without_a_block_is_a_group() -> None:
    root = tree(Analysis(network(layers=[{"conv": 3}, {**RESIDUAL, "repeat": 7}, {"conv": 4}])))
    assert [(part.is_group, part.times) for part in root.parts] == [
        (False, 1),
        (False, 1),
        (True, 7),
        (False, 1),
    ]
    group = root.parts[2]
    assert [part.nodes[0].kind for part in group.parts] == ["bn", "conv", "add"]
    assert len(group.entries) == len(group.exits) == 1
    assert len(list(group.all_nodes())) == 21
    deep = {
        part.name: part.times for part in blocks(grown("resnet152_v2")) if part.is_group and part.times > 1
    }
    assert deep == {"stage2.bn1": 7, "stage3.bn1": 35}


def test_few_repetitions_are_no_group() -> None:
    root = tree(Analysis(network(layers=[{**RESIDUAL, "repeat": 2}])))
    assert not any(part.is_group for part in root.parts)


def test_what_is_read_from_outside_is_no_group() -> None:
    # The second add reads a layer inside the repetitions.
    repeated = {**RESIDUAL, "repeat": 5}
    root = tree(Analysis(network(layers=[repeated, {"add": ["prev", "conv3"]}])))
    groups = [part for part in root.parts if part.is_group]
    assert sum(part.times for part in groups) < 5
    assert all(len(part.exits) == 1 for part in groups)


def test_outputs_and_shared_weights_leave_through_the_side() -> None:
    graph = network(
        outputs=["a", "b"],
        layers=[{"conv": 3, "name": "a"}, {"conv": 3, "name": "b", "share": "a"}],
    )
    root = tree(Analysis(graph))
    assert list(root.exits) == [1, 2]
    assert [wire.target for wire in root.wires].count(OUT) == 2
