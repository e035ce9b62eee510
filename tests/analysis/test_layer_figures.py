"""The figures of one layer by name, and of all layers as rows of plain values."""

from importlib import import_module
from importlib.util import find_spec

import pytest

import cnncalc

SHARED = """cnncalc: 1
input: 8x8x3
layers:
  - conv: {filters: 3, kernel: 3, padding: 1}
  - conv: {filters: 3, kernel: 3, padding: 1}
    share: conv1
"""


@pytest.mark.parametrize("name", ["vgg16", "resnet50", "unet", "vit_b_16"])
def test_the_rows_add_up_to_the_totals(name: str) -> None:
    figures = cnncalc.analyse(cnncalc.load(name), batch=4, dtype="float16")
    rows, totals = figures.rows(), figures.totals
    assert [row["name"] for row in rows] == [node.name for node in figures.graph.nodes]
    for key in (
        "activations",
        "activation_bytes",
        "params",
        "trainable_params",
        "weights",
        "buffers",
        "macs",
    ):
        assert sum(int(row[key] or 0) for row in rows) == getattr(totals, key), key


@pytest.mark.parametrize("name", ["vgg16", "resnet50"])
def test_a_layer_has_the_figures_of_its_row(name: str) -> None:
    figures = cnncalc.analyse(cnncalc.load(name))
    for row in figures.rows():
        layer = figures[str(row["name"])]
        assert (layer.type, layer.params, layer.macs, layer.line) == (
            row["type"], row["params"], row["macs"], row["line"],
        )  # fmt: skip
        assert str(layer.output) == row["output"]


def test_values_are_plain_and_every_row_has_the_same_keys() -> None:
    broken = "cnncalc: 1\ninput: 4x4x3\nlayers:\n  - conv: {filters: 8, kernel: 9}\n  - relu\n"
    larger = "cnncalc: 1\ninput: 4x4x3\nlayers:\n  - upsample: 3\n"
    for given in ("resnet18", SHARED, broken, larger, "\n", "cnncalc: 1\ninput: 9x3\nlayers:\n  - relu\n"):
        rows = cnncalc.analyse(cnncalc.load(given)).rows()
        assert len({tuple(row) for row in rows}) <= 1
        assert {type(value) for row in rows for value in row.values()} <= {str, int, float, type(None)}


def test_what_is_unknown_is_none() -> None:
    figures = cnncalc.analyse(
        cnncalc.load("cnncalc: 1\ninput: 4x4x3\nlayers:\n  - conv: {filters: 8, kernel: 9}\n")
    )
    layer = figures["conv1"]
    assert (layer.params, layer.macs, layer.activations, layer.output) == (None, None, None, None)


def test_shared_weights_are_counted_once() -> None:
    figures = cnncalc.analyse(cnncalc.load(SHARED))
    assert (figures["conv1"].params, figures["conv2"].params) == (84, 0)


def test_receptive_fields_are_along_each_axis() -> None:
    row = cnncalc.analyse(cnncalc.load("vgg16")).rows()[1]
    assert (row["receptive_field_height"], row["receptive_field_width"]) == (3, 3)
    assert (row["stride_height"], row["stride_width"]) == (1, 1)


@pytest.mark.skipif(find_spec("pandas") is None, reason="pandas is not installed")
def test_pandas_takes_the_rows_as_they_are() -> None:
    frame = import_module("pandas").DataFrame(cnncalc.analyse(cnncalc.load("vgg16")).rows())
    assert frame["params"].sum() == 138_357_544
