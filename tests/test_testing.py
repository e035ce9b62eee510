"""`cnncalc.testing`: a model that is no longer the network of its spec fails a test, and the message says where."""

from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from cnncalc.testing import assert_matches

SPEC = """
cnncalc: 1
name: Small
input: 16x16x3
defaults: {conv: {kernel: 3, padding: 1, act: relu}}
layers:
  - conv: 8
  - conv: 8
  - maxpool: 2
  - mean
  - fc: 10
"""


class Small(nn.Module):
    """The network of the spec; `width` is that of the second convolution."""

    def __init__(self, width: int = 8, channels: int = 3) -> None:
        super().__init__()
        self.first = nn.Conv2d(channels, 8, 3, padding=1)
        self.second = nn.Conv2d(8, width, 3, padding=1)
        self.pool = nn.MaxPool2d(2)
        self.head = nn.Linear(width, 10)

    def forward(self, x: Tensor) -> Tensor:
        x = self.pool(self.second(self.first(x).relu()).relu())
        y: Tensor = self.head(x.mean((2, 3)))
        return y


def test_a_model_matches_its_spec() -> None:
    model = Small()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    assert_matches(model, SPEC)
    assert model.training
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    assert_matches(Small(), SPEC, input="20x24x3")


def test_a_file_is_named_in_the_message(tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    path.write_text(SPEC, encoding="utf-8")
    with pytest.raises(AssertionError) as error:
        assert_matches(Small(width=16), path)
    message = str(error.value)
    assert message.startswith(f"Small is no longer the network of {path}\n\n{path} -> Small\n")
    assert "~ conv2" in message
    assert "filters 8 -> 16" in message
    assert "parameters" in message


def test_a_model_that_does_not_run_is_said() -> None:
    with pytest.raises(AssertionError, match="Small does not run with an input of 16x16x3: "):
        assert_matches(Small(channels=4), SPEC)


def test_a_spec_with_errors_is_said() -> None:
    with pytest.raises(AssertionError, match=r"has errors: .*\n.*S\d+ "):
        assert_matches(Small(), SPEC.replace("  - mean\n", ""))
