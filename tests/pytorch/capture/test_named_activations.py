"""An activation is known to the import by the name of its layer, without a mapping of its own."""

from types import ModuleType

import pytest
from torch import nn

from cnncalc.layers import layer_type
from cnncalc.pytorch.capture import capture, mapping
from cnncalc.pytorch.capture.functions.named_activations import map_by_name


@pytest.fixture
def by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """The mappings of functions, which a test may change."""
    mapping.load()
    monkeypatch.setattr(mapping, "FUNCTIONS", dict(mapping.FUNCTIONS))


CASES = [
    ("elu", nn.ELU(alpha=0.5), {"alpha": 0.5}),
    ("elu", nn.ELU(), {}),
    ("leaky_relu", nn.LeakyReLU(0.2, inplace=True), {"negative_slope": 0.2}),
    ("hardtanh", nn.Hardtanh(-2, 2), {"min_val": -2, "max_val": 2}),
    ("sigmoid", nn.Sigmoid(), {}),
    ("selu", nn.SELU(inplace=True), {}),
    ("hardswish", nn.Hardswish(), {}),
]


@pytest.mark.parametrize(("key", "module", "fields"), CASES, ids=str)
def test_its_fields_are_the_functions_arguments(
    torch: ModuleType, by_name: None, key: str, module: nn.Module, fields: dict[str, float]
) -> None:
    for name in (key, getattr(torch.nn.functional, key).__name__):
        mapping.FUNCTIONS.pop(name, None)
    map_by_name(layer_type(key))
    draft = capture(nn.Sequential(nn.Conv2d(3, 4, 3), module), [(3, 8, 8)])
    node = draft.nodes[-1]
    assert node.type == key
    assert {name: value for name, value in node.fields.items() if value is not None} == fields


def test_an_argument_that_the_layer_does_not_have_is_unknown(torch: ModuleType, by_name: None) -> None:
    mapping.FUNCTIONS.pop("elu", None)
    map_by_name(layer_type("elu"))

    class Net(nn.Module):
        def forward(self, x: object) -> object:
            # What `nn.functional.elu` calls has other arguments after the first two.
            return torch._C._nn.elu(x, 1.0, 2.0)

    draft = capture(Net(), [(3, 8, 8)])
    assert [node.type for node in draft.nodes] == ["unknown"]
