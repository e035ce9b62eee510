"""The examples of every layer type, as PyTorch's CUDA build allocates them: each figure is what the layers say."""

import pytest

from benchmarks.fake_cuda import layers
from cnncalc.layers import layer_type, names
from tests._depth import DEEP

ROWS = layers.read()
# What PyTorch 2.11 has not, and what asks a GPU for random numbers.
REFUSED = ("unexpected keyword argument 'bias'", "CUDA driver version is insufficient")


@pytest.mark.parametrize("layer", names())
def test_every_figure_is_predicted_or_explained(layer: str) -> None:
    """A row says why it differs, and by which figures.

    Without the deep profile: of the first and the last example of each layer type.
    """
    last = len(layer_type(layer).examples) - 1
    rows = [row for row in ROWS.get(layer, ()) if DEEP or row["example"] in (0, last)]
    wrong = {
        (row["what"], row["mode"], row["before"]): off
        for row in rows
        if (off := list(layers.differences(row))) != row.get("differs", {}).get("figures", [])
    }
    assert not wrong


@pytest.mark.parametrize("layer", names())
def test_the_rows_are_of_the_examples_of_now(layer: str) -> None:
    measured = {(row["example"], row["before"], row["mode"]): row["what"] for row in ROWS.get(layer, ())}
    assert measured == {(case.example, case.before, case.mode): case.what for case in layers.cases(layer)}


def test_only_what_pytorch_refuses_has_no_figures() -> None:
    refused = [row["refused"] for rows in ROWS.values() for row in rows if "bytes" not in row]
    assert all(any(reason in text for reason in REFUSED) for text in refused)
    assert len(refused) < 40
