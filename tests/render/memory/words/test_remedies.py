"""What a remedy changes, in words."""

from typing import get_args

import pytest

from cnncalc.memory.advice.remedies import (
    AccumulatedParts,
    BatchLowered,
    BlocksCheckpointed,
    Change,
    CountLowered,
    DevicesAdded,
    LayerRemoved,
    MadeInPlace,
    OptimizerReplaced,
    OptionLeftOut,
    OptionTurnedOn,
    StateNarrowed,
    StepReplaced,
    StrideRaised,
    TypeReplaced,
)
from cnncalc.render.memory.words import describe_remedy

CASES: list[tuple[Change, str, str]] = [
    (
        AccumulatedParts(2, 128, 256, 2),
        "the gradients of 2 batches of 128, added up",
        "--batch 128 --accumulate 2",
    ),
    (
        AccumulatedParts(2, 1029, 2057, 6),
        "the gradients of 2 batches of 1,029 or fewer, added up",
        "--batch 1029 --accumulate 6",
    ),
    (OptionLeftOut("adam", "weight_decay"), "adam without weight decay", "without --weight-decay"),
    (OptimizerReplaced("adam", "sgd"), "sgd instead of adam (training differs)", "--optimizer sgd"),
    (
        BlocksCheckpointed(("unit",), 1),
        "compute unit again in the backward pass (1 use)",
        "--checkpoint unit",
    ),
    (
        BlocksCheckpointed(("a", "b", "c", "d"), 7),
        "compute 4 blocks again in the backward pass (7 uses)",
        "--checkpoint a --checkpoint b --checkpoint c --checkpoint d",
    ),
    (CountLowered("depth", 3, 2, 10, "depth"), "depth: 2 instead of 3, 10 layers less", "--set depth=2"),
    (
        CountLowered("`repeat` at line 5", 3, 2, 1, None),
        "`repeat` at line 5: 2 instead of 3, 1 layer less",
        "",
    ),
    (LayerRemoved("conv3"), "without conv3", ""),
    (
        OptionTurnedOn("expandable_segments"),
        "segments of the allocator that grow",
        "--expandable-segments",
    ),
    (
        OptionTurnedOn("bucket_view"),
        "gradients as views of the buckets of devices",
        "--gradient-as-bucket-view",
    ),
    (
        OptionTurnedOn("offload activations"),
        "activations on the host between the passes",
        "--offload activations",
    ),
    (
        OptionTurnedOn("offload optimizer"),
        "the optimizer's state and its step on the host",
        "--offload optimizer",
    ),
    (
        StateNarrowed("adam", "adam8bit"),
        "the state of adam in 8 bits (bitsandbytes)",
        "--optimizer adam8bit",
    ),
    (MadeInPlace((4,)), "activations in place: line 4", ""),
    (MadeInPlace((4, 5, 6, 7)), "activations in place: line 4, line 5, line 6, ...", ""),
    (StrideRaised("conv1", (1, 1), (2, 2)), "stride 2 instead of 1 in conv1", ""),
    (StrideRaised("conv1", (2, 1), (4, 2)), "stride [4, 2] instead of [2, 1] in conv1", ""),
    (StepReplaced("fused"), "the optimizer's step in one fused kernel", "--fused"),
    (StepReplaced("single"), "the optimizer's step over one parameter after another", "--no-foreach"),
    (
        DevicesAdded(2, sharded=False, newly=False),
        "2 devices, each with its part of the batch",
        "--devices 2",
    ),
    (
        DevicesAdded(4, sharded=True, newly=False),
        "4 devices, each with its part of the batch and of the parameters",
        "--devices 4",
    ),
    (
        DevicesAdded(4, sharded=True, newly=True),
        "4 devices, parameters and their state split over them",
        "--devices 4 --sharded",
    ),
    (TypeReplaced("float32", autocast=False, training=True), "a model in float32", "--dtype float32"),
    (
        TypeReplaced("bfloat16", autocast=True, training=True),
        "autocast: compute in bfloat16, parameters in float32",
        "--autocast bfloat16",
    ),
    (
        TypeReplaced("float16", autocast=False, training=True),
        "a model in float16, parameters and all",
        "--dtype float16",
    ),
    (BatchLowered(1200), "a batch of 1,200", "--batch 1200"),
]


@pytest.mark.parametrize(("change", "title", "options"), CASES)
def test_says_what_to_do_and_by_which_options(change: Change, title: str, options: str) -> None:
    words = describe_remedy(change)
    assert (words.title, words.options) == (title, options)


def test_every_change_has_a_case() -> None:
    assert {type(change) for change, _, _ in CASES} == set(get_args(Change))


@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
def test_parameters_of_16_bits_are_a_risk_in_training_alone(dtype: str) -> None:
    assert "training may" in describe_remedy(TypeReplaced(dtype, autocast=False, training=True)).risk
    assert describe_remedy(TypeReplaced(dtype, autocast=False, training=False)).risk == ""
    assert describe_remedy(TypeReplaced(dtype, autocast=True, training=True)).risk == ""
