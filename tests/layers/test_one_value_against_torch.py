"""Batches whose variance would be of one value: the layers say which PyTorch refuses."""

from typing import Any

import pytest

from cnncalc.layers import layer_type, names, problems
from cnncalc.pytorch.trial import _error as error_of
from cnncalc.shape import Shape
from cnncalc.vocabulary.layer import Layer

FIELDS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("bn", {}),
    ("bn", {"track": False}),
    ("bn", {"affine": False}),
    ("instance_norm", {}),
    ("instance_norm", {"track": True}),
    ("gn", {"groups": 1}),
    ("gn", {"groups": 2}),
    ("gn", {"groups": 4}),
    ("ln", {}),
    ("ln2d", {}),
    ("l2_norm", {}),
    ("rms_norm", {}),
    ("grn", {}),
    ("lrn", {"size": 3}),
    ("layer_scale", {"init": 0.1}),
)
SHAPES = tuple(
    Shape(channels, spatial)
    for channels in (1, 4)
    for spatial in ((), (1,), (3,), (1, 1), (2, 1), (1, 1, 1), (1, 2, 1))
)


def test_every_normalisation_is_compared() -> None:
    normalising = {name for name in names() if layer_type(name).family == "normalisation"}
    assert normalising == {name for name, _ in FIELDS}


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize(("name", "fields"), FIELDS)
def test_is_refused_where_pytorch_refuses(name: str, fields: dict[str, Any], training: bool) -> None:
    type_: Any = layer_type(name)
    layer: Layer = type_(**fields)
    compared = 0
    for shape in SHAPES:
        if any(problem.blocking and problem.fault.code != "S016" for problem in problems(layer, (shape,))):
            continue
        compared += 1
        for batch in (1, 2):
            error = error_of(layer, (shape,), device="cpu", dtype="float32", batch=batch, training=training)
            assert error is None or "Expected more than 1" in str(error), error
            refused = layer.normalised((shape,), batch, training=training) == 1
            assert refused == (error is not None), f"{shape}, a batch of {batch}"
    assert compared


@pytest.mark.parametrize(
    ("name", "fields", "words"),
    [
        ("bn", {}, "PyTorch refuses to train on a batch of one image"),
        ("bn", {"track": False}, "PyTorch refuses to train on and to run a batch of one image"),
        ("gn", {"groups": 4}, "PyTorch refuses to run a batch of one image"),
    ],
)
def test_a_batch_of_one_is_not_an_error_of_the_network(name: str, fields: dict[str, Any], words: str) -> None:
    type_: Any = layer_type(name)
    for shape, refused in ((Shape(4), True), (Shape(4, (1, 1)), True), (Shape(4, (1, 2)), False)):
        reported = list(problems(type_(**fields), (shape,)))
        assert [words in problem.message for problem in reported] == [True] * refused
        assert not any(problem.blocking for problem in reported)
