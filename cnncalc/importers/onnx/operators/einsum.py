"""`Einsum` of two tensors where it is a product of matrices: what `MatMul` gives for the same operands."""

from cnncalc.importers.onnx.call import OnnxCall, operator
from cnncalc.importers.onnx.operators._products import turned
from cnncalc.importers.onnx.operators.attention import matmul
from cnncalc.importers.onnx.reading import OnnxReading
from cnncalc.importers.onnx.values import Entry, NoLayer, OnnxWeight, Values, transposed


@operator("Einsum")
def einsum(reading: OnnxReading, call: OnnxCall) -> list[Entry]:
    """The layer of a product of matrices; a second operand with its columns first is transposed."""
    equation = call.attributes["equation"]
    is_turned = turned(equation.decode() if isinstance(equation, bytes) else equation)
    if is_turned is None or len(call.inputs) != 2:
        raise NoLayer("it is not a product of matrices")
    right = call.given(1)
    if is_turned and isinstance(right, Values | OnnxWeight):
        rank = len(right.sizes)
        order = (*range(rank - 2), rank - 1, rank - 2)
        right = transposed(right, order) if isinstance(right, Values) else right.step("permute", order)
    elif is_turned:
        raise NoLayer("it is not a product of matrices")
    call.inputs[1] = right
    return matmul(reading, call)
