"""Shapes of results, and the values of those that depend on no input: what exporters write as shape arithmetic."""

from collections.abc import Mapping, Sequence
from typing import Any

from cnncalc.importers.onnx.values import Constant

# Values of a constant at most: larger ones are weights or masks, and no sizes.
MOST_VALUES = 50_000_000
# What is drawn at random is no constant.
_RANDOM = (
    "RandomNormal",
    "RandomUniform",
    "RandomNormalLike",
    "RandomUniformLike",
    "Bernoulli",
    "Multinomial",
)


class Inference:
    """Asks onnx for the types of results, one operation at a time: all sizes before it are numbers by then."""

    def __init__(self, opsets: Mapping[str, int], ir_version: int) -> None:
        import onnx

        self._opsets = dict(opsets)
        self._imports = [
            onnx.OperatorSetIdProto(domain=name, version=version) for name, version in opsets.items()
        ]
        self._ir_version = ir_version
        self.types: dict[str, Any] = {}

    def set(self, name: str, element: int, sizes: Sequence[int]) -> None:
        """States the type of a tensor."""
        import onnx

        self.types[name] = onnx.helper.make_tensor_type_proto(element, list(sizes))

    def sizes(self, name: str) -> tuple[int, ...] | None:
        """The sizes of a tensor; None if one of them is not known."""
        kind = self.types.get(name)
        if kind is None or not kind.HasField("tensor_type") or not kind.tensor_type.HasField("shape"):
            return None
        axes = kind.tensor_type.shape.dim
        if any(not axis.HasField("dim_value") for axis in axes):
            return None
        return tuple(axis.dim_value for axis in axes)

    def element(self, name: str) -> int:
        """The type of a tensor's values."""
        kind = self.types.get(name)
        return int(kind.tensor_type.elem_type) if kind is not None else 1

    def infer(self, node: Any, constants: Mapping[str, Constant]) -> None:
        """Finds the types of an operation's results. Raises `ValueError` if its operands do not fit."""
        import onnx
        from onnx import shape_inference

        domain = "" if node.domain == "ai.onnx" else node.domain
        try:
            schema = onnx.defs.get_schema(node.op_type, self._opsets.get(domain, 1), domain)
        except onnx.defs.SchemaError:
            return
        data = {}
        for name in node.input:
            known = constants.get(name)
            if known is not None and known.array.size <= 4096 and known.array.dtype.kind in "ifb":
                data[name] = onnx.numpy_helper.from_array(known.array, name)
        kinds = {name: self.types[name] for name in node.input if name in self.types}
        if len(kinds) < len({name for name in node.input if name}):
            return
        try:
            results = shape_inference.infer_node_outputs(
                schema, node, kinds, data, opset_imports=self._imports, ir_version=self._ir_version
            )
        except shape_inference.InferenceError as error:
            raise ValueError(str(error).strip().splitlines()[-1]) from None
        self.types.update(results)


def folded(node: Any, constants: Sequence[Any | None], opsets: Mapping[str, int]) -> list[Any] | None:
    """The results of an operation whose operands are all known, as NumPy arrays; None if it is not computed."""
    from onnx.reference import ReferenceEvaluator

    if node.op_type in _RANDOM or node.domain not in ("", "ai.onnx"):
        return None
    feeds = {name: array for name, array in zip(node.input, constants, strict=True) if name}
    try:
        return list(ReferenceEvaluator(node, opsets=dict(opsets)).run(None, feeds))
    except (
        Exception
    ):  # The reference implementation raises whatever NumPy does: the operation stays as it is.
        return None
