"""An output that is 0 but for rounding: the mean over what a norm has given."""

from types import ModuleType

import pytest

from tests.rewrites.test_rewrites import CONV, checked, network


@pytest.mark.parametrize("norm", ["instance_norm", {"gn": 8}])
def test_rounding_is_no_difference(torch: ModuleType, norm: object) -> None:
    graph = network(
        CONV,
        norm,
        {"adaptive_avgpool": 1, "name": "mean"},
        "flatten",
        {"fc": 3, "name": "scores"},
        outputs=["mean", "scores"],
    )
    check = checked("fc_to_conv", graph)
    assert check.ok, check.outputs
