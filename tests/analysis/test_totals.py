"""A network's figures in total: sums where all is known, None and never 0 where anything is not."""

from collections.abc import Callable
from typing import TypeAlias

import pytest

import cnncalc
from cnncalc.analysis import Analysis

Figures: TypeAlias = Callable[..., Analysis]


@pytest.mark.parametrize("name", ["vgg16", "resnet18", "googlenet", "mobilenet_v1"])
def test_are_the_sums_of_the_nodes(name: str) -> None:
    analysis = cnncalc.analyse(cnncalc.load(name))
    totals = analysis.totals
    owned = [figure for figure in analysis.parameters if figure]
    assert totals.layers == len(owned) - 1 == len(analysis.graph.nodes) - 1
    assert totals.params == sum(figure.params for figure in owned)
    assert totals.weights == sum(figure.weights for figure in owned)
    assert totals.trainable_params == sum(figure.trainable for figure in owned)
    assert totals.buffers == sum(figure.buffers for figure in owned)
    done = [figure for figure in analysis.work if figure]
    assert totals.work is not None
    for kind, count in totals.work._asdict().items():
        assert count == sum(getattr(figure, kind) for figure in done)
    assert totals.macs == totals.work.macs
    assert totals.activations == sum(figure.values for figure in analysis.storage if figure)


@pytest.mark.parametrize(
    ("name", "count"), [("vgg16", 16), ("vgg19", 19), ("alexnet", 8), ("resnet18", 18 + 3), ("lenet5", 5)]
)
def test_layers_with_weights_are_those_that_papers_count(name: str, count: int) -> None:
    """(ResNet-18 does not count its three projections.)"""
    assert cnncalc.analyse(cnncalc.load(name)).totals.weight_layers == count


@pytest.mark.parametrize(
    "layers",
    [
        "- conv: {filters: 4, kernel: 9}",
        "- conv: 4\n- conv: {filters: 4, kernel: 9}",
        "- conv: {filters: 4, kernel: 3, stride: 2}",
        "- conv: 0",
        "- nothing_like_it: 3",
        "- conv: 4\n  when: $missing",
        "- relu:\n  repeat: 3000000",
    ],
)
def test_what_is_unknown_in_part_is_unknown_in_total(figures: Figures, layers: str) -> None:
    totals = figures(layers, sound=False).totals
    for name, value in totals._asdict().items():
        if name not in ("layers", "weight_layers", "inexact"):
            assert value is None, name
            assert totals.inexact[name].status == "unknown"
    assert totals.macs is None


def test_of_no_spec_at_all() -> None:
    totals = cnncalc.analyse(cnncalc.load("nothing at all.yaml")).totals
    assert (totals.layers, totals.params, totals.macs, totals.activation_bytes) == (None, None, None, None)


def test_an_accepted_loss_is_not_an_error(figures: Figures) -> None:
    layers = "- conv: {filters: 4, kernel: 3, stride: 2}\n  allow: {S001: as published}"
    assert figures(layers).totals.params == 112


def test_bytes_of_parameters_do_not_grow_with_the_batch(figures: Figures) -> None:
    first, many = (figures("- conv: 4", batch=batch).totals for batch in (1, 32))
    assert first.param_bytes == many.param_bytes == 16 * 4
    assert many.activation_bytes == 32 * (first.activation_bytes or 0)
