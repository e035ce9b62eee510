"""The outputs of an imported ONNX model with its own weights: the spec is built, and its weights are put in."""

import io
import warnings
from pathlib import Path
from typing import Any

import cnncalc
from cnncalc.importers import Draft, document
from cnncalc.importers.formats import ImportRequest
from cnncalc.importers.reading import read


def exported(torch: Any, module: Any, *inputs: Any, dynamo: bool = False, opset: int | None = None) -> bytes:
    """A module as an ONNX file, by one of PyTorch's exporters."""
    buffer = io.BytesIO()
    options = {} if opset is None else {"opset_version": opset}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if dynamo:
            program = torch.onnx.export(module.eval(), inputs, dynamo=True, verbose=False, **options)
            content: bytes = program.model_proto.SerializeToString()
            return content
        torch.onnx.export(module.eval(), inputs, buffer, dynamo=False, **options)
    return buffer.getvalue()


def draft_of(content: bytes, file: str = "model.onnx", **asked: Any) -> Draft:
    return read(content, file, ImportRequest(**asked))


def graph_of(draft: Draft) -> cnncalc.Graph:
    graph = cnncalc.load(document(draft))
    assert graph.ok, [item.message for item in graph.diagnostics]
    return graph


def same_shapes(draft: Draft, graph: cnncalc.Graph) -> bool:
    """Whether every layer has the shape that it has in the file."""
    return all(
        graph[node.name].shape._replace(batched=True) == node.shape._replace(batched=True)  # type: ignore[union-attr]
        for node in draft.nodes
    )


def outputs(torch: Any, content: bytes, draft: Draft, *inputs: Any) -> Any:
    """What the built spec gives with the weights of the file."""
    import onnx
    from onnx import numpy_helper

    from cnncalc.pytorch import build

    model = onnx.load_from_string(content)
    tensors = {item.name: item for item in model.graph.initializer}
    for node in model.graph.node:
        if node.op_type == "Identity" and node.input[0] in tensors:
            tensors[node.output[0]] = tensors[node.input[0]]
        if node.op_type == "Constant":
            tensors[node.output[0]] = node.attribute[0].t
    module = build(graph_of(draft), seed=0).eval()
    values = module.state_dict()
    for node in draft.nodes:
        for own, taken in node.weights.items() if node.shares is None else ():
            tensor = torch.tensor(numpy_helper.to_array(tensors[taken.name]).copy())
            for step in filter(None, taken.change.split("; ")):
                word, *numbers = step.split()
                sizes = [int(number) for number in numbers]
                if word == "transpose":
                    tensor = tensor.transpose(-1, -2)
                elif word == "permute":
                    tensor = tensor.permute(sizes)
                elif word == "blocks":
                    axis, *order = sizes
                    parts = tensor.chunk(len(order), axis)
                    tensor = torch.cat([parts[index] for index in order], axis)
                elif word == "slice":
                    tensor = tensor.narrow(sizes[0], sizes[1], sizes[2] - sizes[1])
                else:
                    tensor = tensor.reshape(sizes)
            target = values[f"{node.name}.{own}"]
            target.copy_(tensor.reshape(target.shape))
    with torch.no_grad():
        return module(*inputs)


def recorded(path: Path, content: bytes) -> str:
    path.write_bytes(content)
    return str(path)
