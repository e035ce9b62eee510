"""What the exporter knows of PyTorch's modules is what PyTorch says."""

import inspect
from types import ModuleType

import pytest

from cnncalc import layers
from cnncalc.exporters.torch_source.calls import SIGNATURES, signature
from cnncalc.exporters.torch_source.own import own_arguments, sources


@pytest.mark.parametrize("target", SIGNATURES)
def test_positions_and_defaults_are_those_of_pytorch(target: str, torch: ModuleType) -> None:
    word = target.removeprefix("nn.")
    kinds = [name for name in (word, f"{word}1d", f"{word}2d") if hasattr(torch.nn, name)]
    known = inspect.signature(getattr(torch.nn, kinds[-1])).parameters
    assert tuple(known)[: len(SIGNATURES[target].positional)] == SIGNATURES[target].positional
    for name, default in SIGNATURES[target].defaults.items():
        assert known[name].default == default, name


@pytest.mark.parametrize("key", layers.names())
def test_every_module_of_a_layer_has_its_source_or_is_pytorchs(key: str, torch: ModuleType) -> None:
    for example in layers.layer_type(key).examples:
        layer = layers.layer_type(key)(**example.fields)
        for call in layer.torch(example.inputs):
            room, _, name = call.target.partition(".")
            if room == "own":
                definitions, _ = sources([name])
                assert definitions[-1].startswith(f"class {name}(")
                positional, defaults = own_arguments(name)
                assert set(positional).isdisjoint(defaults)
            elif room == "nn":
                assert set(signature(call.target).positional) <= call.arguments.keys()
