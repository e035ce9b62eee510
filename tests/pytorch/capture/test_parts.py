"""The modules in a module are those that PyTorch names, in its order."""

from torch import nn

from cnncalc.pytorch.capture.parts import named_buffers, named_parts, parts


def network() -> nn.Module:
    shared = nn.BatchNorm1d(3)
    outer = nn.Sequential(shared, nn.Sequential(nn.Linear(3, 3), shared), nn.Identity())
    outer.add_module("empty", None)
    return outer


def test_they_are_pytorchs() -> None:
    module = network()
    assert named_parts(module) == list(module.named_modules(remove_duplicate=False))
    assert parts(module) == list(module.modules())
    assert list(named_buffers(module)) == list(module.named_buffers(remove_duplicate=False))
