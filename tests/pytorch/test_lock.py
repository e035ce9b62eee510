"""Every single change of a network's code is found against its spec, and said with what changed."""

from typing import Any, Literal

import pytest
from torch import Tensor, nn

import cnncalc
from cnncalc.comparison import Agreement
from cnncalc.pytorch.capture import Failed
from cnncalc.pytorch.lock import Incomparable, compare_module
from cnncalc.render.comparison_words import differences

SPEC = """
cnncalc: 1
input: 16x16x4
layers:
  - conv: {filters: 8, kernel: 3, padding: half, norm: bn, act: relu}
  - residual:
      - conv: {filters: 8, kernel: 3, padding: half, act: relu}
        name: inside
      - conv: {filters: 8, kernel: 3, padding: half}
        share: inside
  - maxpool: 2
  - conv: {filters: 8, kernel: [3, 3], stride: 1, padding: 1}
    name: last
  - mean
  - fc: 5
"""


class Net(nn.Module):
    """The network of the spec; each argument changes one thing of it."""

    def __init__(
        self,
        width: int = 8,
        kernel: int = 3,
        stride: int = 1,
        dilation: int = 1,
        groups: int = 1,
        bias: bool = True,
        eps: float = 1e-5,
        pool: int = 2,
        channels: int = 4,
        act: type[nn.Module] = nn.ReLU,
        padding_mode: Literal["zeros", "reflect"] = "zeros",
        shared: bool = True,
        act_first: bool = False,
        pool_first: bool = False,
        from_shortcut: bool = False,
    ) -> None:
        super().__init__()
        self.stem = nn.Conv2d(channels, 8, 3, padding=1, bias=False)
        self.bn = nn.BatchNorm2d(8, eps=eps)
        self.inside = nn.Conv2d(8, 8, 3, padding=1)
        self.other = self.inside if shared else nn.Conv2d(8, 8, 3, padding=1)
        self.pool = nn.MaxPool2d(pool, 2)
        self.last = nn.Conv2d(
            8,
            width,
            kernel,
            stride=stride,
            padding=dilation * (kernel - 1) // 2,
            dilation=dilation,
            groups=groups,
            bias=bias,
            padding_mode=padding_mode,
        )
        self.act = act()
        self.head = nn.Linear(width, 5)
        self.act_first, self.pool_first, self.from_shortcut = act_first, pool_first, from_shortcut

    def forward(self, x: Tensor) -> Tensor:
        x = self.stem(x)
        x = self.bn(x.relu()) if self.act_first else self.bn(x).relu()
        y = self.other(self.act(self.inside(x)))
        x = y + (self.inside(x) if self.from_shortcut else x)
        x = self.pool(self.last(x)) if self.pool_first else self.last(self.pool(x))
        result: Tensor = self.head(x.mean((2, 3)))
        return result


def against(module: nn.Module, spec: str = SPEC) -> Agreement:
    return compare_module(module, cnncalc.load(spec), name="Net")


def words(result: Agreement) -> str:
    changes = (
        change for change in result.comparison.changes if change.what in ("changed", "added", "removed")
    )
    return "; ".join(
        f"{change.what} {change.either.name}: {', '.join(differences(change))}" for change in changes
    )


def test_the_same_network_agrees() -> None:
    assert against(Net()).ok


CHANGES: dict[str, tuple[dict[str, Any], str]] = {
    "width": ({"width": 12}, "changed last: filters 8 -> 12"),
    "kernel": ({"kernel": 5}, "changed last: kernel 3 -> 5, padding 1 -> 2"),
    "stride": ({"stride": 2}, "changed last: stride 1 -> 2"),
    "dilation": ({"dilation": 2}, "changed last: padding 1 -> 2, dilation 1 -> 2"),
    "groups": ({"groups": 2}, "groups 1 -> 2"),
    "bias": ({"bias": False}, "changed last: bias true -> false"),
    "eps": ({"eps": 1e-3}, "eps 1e-05 -> 0.001"),
    "pooling": ({"pool": 3}, "kernel 2 -> 3"),
    "padding mode": ({"padding_mode": "reflect"}, "added reflection_pad1"),
    "activation": ({"act": nn.GELU}, "GELU"),
    "sharing": ({"shared": False}, "has its own weights, no longer those of inside"),
    "order of norm and activation": ({"act_first": True}, "removed"),
    "order of pooling and convolution": ({"pool_first": True}, "removed"),
    "shortcut": ({"from_shortcut": True}, "added"),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_change_of_the_code_is_found(what: str) -> None:
    arguments, expected = CHANGES[what]
    result = against(Net(**arguments))
    assert not result.ok
    assert expected in words(result)


def test_a_change_of_the_input_stops_the_run() -> None:
    with pytest.raises(Failed, match="to have 3 channels, but got 4 channels"):
        against(Net(channels=3))


def test_a_spec_with_errors_cannot_be_compared() -> None:
    with pytest.raises(Incomparable, match="has errors: "):
        against(Net(), SPEC.replace("  - mean\n", ""))
