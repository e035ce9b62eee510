"""An ONNX file: its graph, its initializers, and the data of those that are needed."""

from collections import Counter
from collections.abc import Iterator
from os import path
from typing import Any

from cnncalc.importers.onnx import faults
from cnncalc.importers.onnx.faults import diagnostic
from cnncalc.importers.onnx.limit import check_size
from cnncalc.importers.unreadable import Unreadable

# Where PyTorch's newer exporter notes whether a tensor is a parameter or a buffer.
KIND = "pkg.torch.export.graph_signature.InputSpec.kind"
# The name of the standard operators' domain.
STANDARD = ("", "ai.onnx")


class Model:
    """A model: `graph` is its main graph, `initializers` the tensors in it by name, `opsets` versions by domain."""

    def __init__(self, content: bytes, file: str) -> None:
        import onnx

        self.file = file
        self.proto = self._parsed(content)
        self.opsets = {item.domain: item.version for item in self.proto.opset_import}
        known = onnx.defs.onnx_opset_version()
        if self.opset > known:
            raise self.unreadable(
                faults.NEW_OPSET,
                f"the file uses version {self.opset} of the operators; the installed onnx {onnx.__version__} knows "
                f"them up to {known}",
                "update it (`pip install -U onnx`), or export with an older `opset_version`",
            )
        if self.proto.functions:
            from onnx import inliner

            self.proto = inliner.inline_local_functions(self.proto)
        self.graph = self.proto.graph
        self.initializers = {tensor.name: tensor for tensor in self.graph.initializer}
        for tensor in self.graph.sparse_initializer:
            self.initializers[tensor.values.name] = _dense(tensor)
        self._stored_as: dict[str, str] = {
            item.name: entry.value.lower()
            for item in self.graph.value_info
            for entry in item.metadata_props
            if entry.key == KIND and item.name in self.initializers
        }
        self.readers = Counter(
            name for node in nodes(self.graph.node) for name in node.input if name
        ) + Counter(output.name for output in self.graph.output)

    @property
    def opset(self) -> int:
        """The version of the standard operators."""
        return max((self.opsets[domain] for domain in STANDARD if domain in self.opsets), default=1)

    @property
    def is_of_torch(self) -> bool:
        """Whether PyTorch wrote the file: its weights have the names of its modules."""
        return bool(self.proto.producer_name == "pytorch")

    def stored_as(self, name: str) -> str:
        """`parameter` or `buffer`, as PyTorch's newer exporter notes it for an initializer; empty if unknown."""
        return self._stored_as.get(self.origin(name), "")

    @property
    def notes_kinds(self) -> bool:
        """Whether the file says which initializers are parameters and buffers: all others were computed."""
        return bool(self._stored_as)

    def origin(self, name: str) -> str:
        """The name of an initializer in the file: that of a copy is the name of the tensor that is copied."""
        tensor = self.initializers.get(name)
        return name if tensor is None else str(tensor.name)

    def _parsed(self, content: bytes) -> Any:
        import onnx
        from google.protobuf.message import DecodeError  # type: ignore[import-untyped]

        check_size(len(content), self.file)
        proto = onnx.ModelProto()
        try:
            proto.ParseFromString(content)
        except DecodeError:
            proto.Clear()
        if not proto.graph.node and not proto.graph.output:
            raise self.unreadable(
                faults.NO_ONNX,
                "the file is no ONNX model, or only a part of one",
                "export or download it again" if content else "the file is empty",
            )
        if not proto.opset_import:
            raise self.unreadable(
                faults.NO_ONNX,
                "the file does not say which version of the operators it uses",
                "export it again",
            )
        return proto

    def unreadable(self, kind: Any, message: str, help: str | None = None) -> Unreadable:
        """The exception for a fault of the file."""
        return Unreadable([diagnostic(kind, self.file, message, help)])

    def array(self, name: str) -> Any:
        """The values of an initializer, as a NumPy array. Raises `Unreadable` if they are in a file that is missing."""
        return self.values(self.initializers[name])

    def values(self, tensor: Any) -> Any:
        """The values of a tensor, as a NumPy array."""
        from onnx import numpy_helper

        try:
            return numpy_helper.to_array(tensor, path.dirname(path.abspath(self.file)))
        except Exception as error:
            if not self.is_elsewhere(tensor):
                raise self.unreadable(
                    faults.BROKEN,
                    f"the constant `{tensor.name}` cannot be read ({error})",
                    "export the file again",
                ) from None
            place = next((item.value for item in tensor.external_data if item.key == "location"), "?")
            raise self.unreadable(
                faults.NO_DATA,
                f"the constant `{tensor.name}` is in `{place}`, which cannot be read; shapes depend on it",
                f"put `{place}` beside {path.basename(self.file)}",
            ) from None

    def is_elsewhere(self, tensor: Any) -> bool:
        """Whether the data of a tensor is in another file."""
        return bool(tensor.data_location == 1)


def nodes(listed: Any) -> Iterator[Any]:
    """Operations, with those of graphs inside them."""
    for node in listed:
        yield node
        for attribute in node.attribute:
            if attribute.HasField("g"):
                yield from nodes(attribute.g.node)


def _dense(sparse: Any) -> Any:
    """A sparse tensor as one with only its shape: weights are not read."""
    import onnx

    return onnx.TensorProto(
        name=sparse.values.name,
        dims=sparse.dims,
        data_type=sparse.values.data_type,
        data_location=onnx.TensorProto.EXTERNAL,
    )
