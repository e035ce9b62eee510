"""Runs an exported file, and compares it with the built module."""

import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from cnncalc.exporters.torch_source import Written, written
from cnncalc.graph import Graph
from cnncalc.pytorch import build
from cnncalc.pytorch.exported import state_names

RUFF = Path(sys.executable).with_name("ruff")


def network(file: Written) -> Any:
    """An instance of the network's class."""
    names: dict[str, Any] = {"__name__": "exported"}
    exec(compile(file.text, "<exported>", "exec"), names)
    return names[file.network]()


def assert_same_network(graph: Graph, torch: ModuleType) -> Written:
    """The exported network has the parameters of the built one, and with its weights it gives its outputs."""
    file = written(graph)
    model, exported = build(graph, seed=0), network(file)
    names = state_names(graph, file.paths, model)
    state = model.state_dict()
    assert names.keys() == state.keys()
    for name, value in state.items():
        if name.endswith("running_var"):
            value.uniform_(0.5, 1.5)
        elif value.is_floating_point() and value.dim() < 2:
            value.add_(torch.randn_like(value) * 0.1)
    missing, unexpected = exported.load_state_dict({names[name]: state[name] for name in state}, strict=False)
    assert not unexpected
    # A module that is shared has several names in the code's state_dict.
    entries = exported.state_dict(keep_vars=True)
    loaded = {id(entries[name]) for name in names.values()}
    assert [name for name in missing if id(entries[name]) not in loaded] == []
    for learns in (False, True):
        ours, theirs = (
            sum(parameter.numel() for parameter in module.parameters() if parameter.requires_grad == learns)
            for module in (model, exported)
        )
        assert ours == theirs
    batch = [torch.randn(2, *node.shape.torch) for node in graph.inputs if node.shape is not None]
    for training in (False, True):
        # Only training has figures of the whole batch: in inference one image is enough.
        inputs = batch if training else [images[:1] for images in batch]
        left, right = (_outputs(module, inputs, torch, training=training) for module in (model, exported))
        assert len(left) == len(right)
        for expected, other in zip(left, right, strict=True):
            torch.testing.assert_close(other, expected, rtol=1e-6, atol=1e-6 * float(expected.abs().max()))
    return file


def _outputs(module: Any, inputs: list[Any], torch: ModuleType, *, training: bool) -> tuple[Any, ...]:
    """With the same random numbers for dropout."""
    module.train(training)
    with torch.random.fork_rng(), torch.no_grad():
        torch.manual_seed(0)
        result = module(*(tensor.clone() for tensor in inputs))
    return result if isinstance(result, tuple) else (result,)


def assert_formatted(text: str, folder: Path) -> None:
    """Ruff, with its defaults and sorted imports, has nothing to change and nothing to say."""
    path = folder / "exported.py"
    path.write_text(text, encoding="utf-8")
    for arguments in (("format", "--diff"), ("check", "--extend-select", "I")):
        done = subprocess.run(
            [RUFF, *arguments, "--isolated", "-q", "--no-cache", path], capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout + done.stderr
