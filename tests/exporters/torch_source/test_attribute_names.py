"""Names of modules in exported code: a person would have chosen them."""

import cnncalc
from cnncalc.exporters.torch_source import written

SPEC = """\
cnncalc: 1
name: Net
input: 32x32x3
defaults: {conv: {kernel: 3, padding: half, norm: bn, act: relu}}
blocks:
  double:
    params: {filters: required}
    layers:
      - conv: $filters
      - conv: $filters
layers:
  - double: 8
  - conv: 16
  - maxpool: 2
  - double: 16
    name: body
  - bn
  - relu
  - global_avgpool
  - fc: 10
"""


def test_a_layer_with_its_norm_and_activation_has_its_own_name() -> None:
    text = written(cnncalc.load(SPEC)).text
    assert "        self.bn = nn.Sequential(\n            nn.BatchNorm2d(16),\n            nn.ReLU(" in text
    # Two layers with weights, or a pooling: no name says what they are.
    assert "        self.layers = nn.Sequential(\n            nn.Conv2d(8, 16, 3," in text


def test_a_block_with_the_name_of_a_method_is_numbered() -> None:
    """`nn.Module.double` is a method."""
    text = written(cnncalc.load(SPEC)).text
    assert "self.double1 = Double(" in text
    assert "double_" not in text
