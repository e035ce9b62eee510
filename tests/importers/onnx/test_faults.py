"""What can be wrong in an ONNX file: each is a sentence with a way out, and nothing is read of weights."""

from typing import Any

import pytest

from cnncalc.importers import Draft, Unreadable
from cnncalc.shape import Shape
from tests.importers.onnx._carried import draft_of, graph_of

onnx = pytest.importorskip("onnx")

HEAD = '<ir_version: 8, opset_import: ["" : 17]>'


def model(text: str, **weights: tuple[int, ...]) -> bytes:
    """A model in onnx's text form; the values of its weights are in a file that does not exist."""
    proto = onnx.parser.parse_model(f"{HEAD} {text}")
    for name, dims in weights.items():
        tensor = onnx.TensorProto(name=name, dims=dims, data_type=1, data_location=1)
        tensor.external_data.add(key="location", value="absent.bin")
        proto.graph.initializer.append(tensor)
    content: bytes = proto.SerializeToString()
    return content


def refused(content: bytes, **asked: Any) -> tuple[str, str, str]:
    """Code, message and help."""
    with pytest.raises(Unreadable) as caught:
        draft_of(content, **asked)
    (item,) = caught.value.diagnostics
    return item.code, item.message, item.help or ""


CONV = "agraph (float[1,3,8,8] x) => (float[1,4,6,6] y) { y = Conv(x, w) }"


def test_weights_whose_file_is_missing_are_read_as_shapes() -> None:
    draft = draft_of(model(CONV, w=(4, 3, 3, 3)))
    assert [node.type for node in draft.nodes] == ["conv"]
    assert draft.nodes[0].weights["weight"].name == "w"


def test_a_needed_constant_whose_file_is_missing_is_named() -> None:
    proto = onnx.parser.parse_model(
        f"{HEAD} agraph (float[1,3,8,8] x) => (float[1,192] y) {{ y = Reshape(x, s) }}"
    )
    tensor = onnx.TensorProto(name="s", dims=(2,), data_type=7, data_location=1)
    tensor.external_data.add(key="location", value="absent.bin")
    proto.graph.initializer.append(tensor)
    code, message, help = refused(proto.SerializeToString())
    assert code == "I032"
    assert "`s`" in message
    assert "absent.bin" in help


@pytest.mark.parametrize("content", [b"", b"\x08\x07 not a model \xff", b"PK\x03\x04zip"])
def test_another_file_is_no_model(content: bytes) -> None:
    assert refused(content)[0] == "I030"


def test_a_truncated_file_is_no_model() -> None:
    assert refused(model(CONV, w=(4, 3, 3, 3))[:-20])[0] in ("I030", "I034")


def test_an_opset_of_the_future_is_said_with_both_versions() -> None:
    proto = onnx.load_from_string(model(CONV, w=(4, 3, 3, 3)))
    proto.opset_import[0].version = 999
    code, message, help = refused(proto.SerializeToString())
    assert code == "I033"
    assert "999" in message
    assert "pip install" in help


DYNAMIC = "agraph (float[N,3,H,W] x) => (float[N,4,P,Q] y) { y = Conv(x, w) }"


def test_an_axis_without_a_size_needs_the_input() -> None:
    code, message, help = refused(model(DYNAMIC, w=(4, 3, 3, 3)))
    assert code == "I031"
    assert "N x 3 x H x W" in message
    assert "--input 224x224x3" in help


def test_the_input_that_is_given_sets_open_axes() -> None:
    draft = draft_of(model(DYNAMIC, w=(4, 3, 3, 3)), inputs={"": Shape(3, (20, 30))})
    assert draft.nodes[0].shape == Shape(4, (18, 28))


def test_an_open_batch_is_no_fault() -> None:
    text = "agraph (float[N,3,8,8] x) => (float[N,4,6,6] y) { y = Conv(x, w) }"
    assert draft_of(model(text, w=(4, 3, 3, 3))).inputs == {"input": Shape(3, (8, 8))}


def test_a_tensor_that_nothing_computes_is_named() -> None:
    code, message, _ = refused(model("agraph (float[1,3,8,8] x) => (float[1,3,8,8] y) { y = Add(x, ghost) }"))
    assert code == "I034"
    assert "`ghost`" in message


def test_operands_that_do_not_fit_are_named() -> None:
    code, message, _ = refused(model(CONV, w=(4, 5, 3, 3)))
    assert (code, "Conv" in message) == ("I034", True)


def test_token_numbers_are_no_image() -> None:
    text = "agraph (int64[1,16] t) => (float[1,16,8] y) { y = Gather(w, t) }"
    assert refused(model(text, w=(100, 8)))[0] == "I037"


def unknown(draft: Draft) -> list[dict[str, Any]]:
    return [node.fields for node in draft.nodes if node.type == "unknown"]


def test_an_operation_without_a_layer_is_unknown_with_its_shape_and_parameters() -> None:
    text = "agraph (float[1,3,8,8] x) => (float[1,3,8,8] y) { z = CumSum(x, one) y = Relu(z) }"
    proto = onnx.load_from_string(model(text))
    proto.graph.initializer.append(onnx.numpy_helper.from_array(onnx.numpy_helper.np.array(2), "one"))
    draft = draft_of(proto.SerializeToString())
    (fields,) = unknown(draft)
    assert (fields["op"], fields["params"]) == ("CumSum", 0)
    assert [note.code for note in draft.notes] == ["I001"]
    assert graph_of(draft).nodes[-1].shape == Shape(3, (8, 8))


def test_an_operator_of_another_domain_is_unknown() -> None:
    head = '<ir_version: 8, opset_import: ["" : 17, "com.acme" : 1]>'
    text = "agraph (float[1,3,8,8] x) => (float[1,3,8,8] y) <float[1,3,8,8] z> { z = com.acme.Warp(x) y = Relu(z) }"
    draft = draft_of(onnx.parser.parse_model(f"{head} {text}").SerializeToString())
    assert unknown(draft)[0]["op"] == "com.acme.Warp"
    assert draft.nodes[0].shape == Shape(3, (8, 8))


def test_channels_that_are_last_become_channels() -> None:
    text = """agraph (float[1,32,32,3] x) => (float[1,15,15,8] y) {
        a = Transpose<perm=[0,3,1,2]>(x) b = Conv<strides=[2,2]>(a, w) c = Relu(b)
        y = Transpose<perm=[0,2,3,1]>(c) }"""
    draft = draft_of(model(text, w=(8, 3, 3, 3)))
    assert draft.inputs == {"input": Shape(3, (32, 32))}
    assert [node.type for node in draft.nodes] == ["conv", "relu"]


def test_several_inputs_and_outputs_keep_their_order() -> None:
    text = """agraph (float[1,3,8,8] left, float[1,3,8,8] right) => (float[1,3,8,8] b, float[1,6,8,8] a)
        { b = Relu(right) a = Concat<axis=1>(left, b) }"""
    draft = draft_of(model(text))
    assert list(draft.inputs) == ["left", "right"]
    assert [graph_of(draft)[name].shape for name in draft.outputs] == [Shape(3, (8, 8)), Shape(6, (8, 8))]


def test_padding_by_name_is_computed() -> None:
    text = """agraph (float[1,3,9,8] x) => (float[1,4,5,4] y)
        { y = Conv<auto_pad="SAME_LOWER", strides=[2,2]>(x, w) }"""
    (node,) = draft_of(model(text, w=(4, 3, 3, 3))).nodes
    assert node.fields["padding"] == {"top": 1, "bottom": 1, "left": 1}


def test_the_branch_of_a_constant_condition_is_taken() -> None:
    text = """agraph (float[1,3,8,8] x) => (float[1,3,8,8] y) <bool yes = {1}>
        { y = If (yes) <then_branch = t () => (float[1,3,8,8] a) { a = Relu(x) },
                        else_branch = e () => (float[1,3,8,8] b) { b = Sigmoid(x) }> }"""
    assert [node.type for node in draft_of(model(text)).nodes] == ["relu"]


def test_dropout_and_casts_are_no_layers() -> None:
    text = """agraph (float[1,3,8,8] x) => (float[1,3,8,8] y)
        { a = Dropout(x) b = Cast<to=10>(a) c = Cast<to=1>(b) d = Identity(c) y = Relu(d) }"""
    assert [node.type for node in draft_of(model(text)).nodes] == ["relu"]


def test_a_batch_in_another_axis_is_unknown_until_it_is_back() -> None:
    text = """agraph (float[2,3,8,8] x) => (float[2,3,8,8] y) <int64[3] s = {6, 8, 8}, int64[4] t = {2, 3, 8, 8}>
        { a = Reshape(x, s) b = Softmax<axis=0>(a) y = Reshape(b, t) }"""
    draft = draft_of(model(text))
    assert [node.type for node in draft.nodes] == ["unknown"]
    assert draft.nodes[0].shape == Shape(3, (8, 8))


def test_the_scopes_of_node_names_are_module_paths() -> None:
    proto = onnx.load_from_string(model(CONV, w=(4, 3, 3, 3)))
    proto.graph.node[0].name = "/layer1/layer1.0/conv/Conv"
    (node,) = draft_of(proto.SerializeToString()).nodes
    assert [scope.path for scope in node.scopes] == ["", "layer1", "layer1.0", "layer1.0.conv"]


def test_axes_that_are_counted_from_the_end_are_read() -> None:
    text = (
        "agraph (float[1,4,4,8] x) => (float[1,8,4,4] y) { a = Transpose<perm=[0,-1,1,2]>(x) y = Conv(a, w) }"
    )
    draft = draft_of(model(text, w=(8, 8, 1, 1)))
    assert [node.type for node in draft.nodes][-1] == "conv"


def test_zeros_on_one_side_belong_to_the_convolution_that_reads_them() -> None:
    text = """agraph (float[1,3,8,8] x) => (float[1,4,4,4] y) <int64[8] p = {0, 0, 0, 0, 0, 0, 1, 1}>
        { a = Pad(x, p) y = Conv<strides=[2,2]>(a, w) }"""
    (node,) = draft_of(model(text, w=(4, 3, 3, 3))).nodes
    assert node.fields["padding"] == {"bottom": 1, "right": 1}
    assert node.controls == {}
