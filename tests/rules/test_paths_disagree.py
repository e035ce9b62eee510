"""G002: merges of paths that step through the input differently."""

from collections.abc import Callable
from typing import TypeAlias

from cnncalc.diagnostic import Diagnostic

Found: TypeAlias = Callable[..., list[Diagnostic]]
HEAD = "cnncalc: 1\ninput: 9x9x3\nlayers:\n"
PATHS = (
    "  - add:\n      - [conv: {filters: 8, kernel: 3, stride: 2}]\n      - [conv: {filters: 8, kernel: 6}]\n"
)


def test_names_both_paths_with_their_steps(diagnose: Found) -> None:
    (item,) = diagnose(HEAD + PATHS)
    assert (item.code, item.span.line) == ("G002", 4)
    assert item.message == (
        "the operands of `add1` do not show the same places of the image: along the height their values are 2 pixels "
        "and 1 pixel apart"
    )
    assert [note.text for note in item.notes] == [
        "the stride of `conv1` is 2 pixels (line 5)",
        "the stride of `conv2` is 1 pixel (line 6)",
    ]
    assert [note.span.line for note in item.notes if note.span] == [5, 6]


def test_of_one_axis_alone(diagnose: Found) -> None:
    (item,) = diagnose(HEAD + PATHS.replace("kernel: 6", "kernel: [3, 6], stride: [2, 1]"))
    assert "along the width their values are 2 pixels and 1 pixel apart" in item.message


def test_what_its_help_says_to_write_accepts_it(diagnose: Found) -> None:
    (item,) = diagnose(HEAD + PATHS)
    assert item.help is not None
    assert diagnose(HEAD + PATHS + f"    {item.help.split('`')[1]}\n") == []
    assert diagnose(HEAD + PATHS.replace("kernel: 6", "kernel: 3, stride: 2")) == []


def test_paths_that_agree_are_fine(diagnose: Found) -> None:
    assert diagnose(HEAD + PATHS.replace("kernel: 6", "kernel: 5, stride: 2, padding: 1")) == []


def test_a_single_value_goes_with_every_step(diagnose: Found) -> None:
    text = HEAD + "  - mul:\n      - []\n      - [global_avgpool, conv: {filters: 3, act: sigmoid}]\n"
    assert diagnose(text) == []


def test_what_enlarges_again_agrees(diagnose: Found) -> None:
    text = "cnncalc: 1\ninput: 8x8x3\nlayers:\n  - add:\n      - []\n      - [maxpool: 2, upsample: 2]\n"
    assert diagnose(text) == []


def test_is_allowed_where_it_says_why(diagnose: Found) -> None:
    assert diagnose(HEAD + PATHS + "    allow: {G002: as published}\n") == []


def test_not_of_corners_that_are_aligned(diagnose: Found) -> None:
    """A path that is halved and doubled again by the centres of its corners: 62/63 of a pixel a step."""
    net = (
        "cnncalc: 1\ninput: 64x64x3\nlayers:\n  - conv: {filters: 8, kernel: 3, padding: 1}\n    name: skip\n"
        "  - maxpool: 2\n  - upsample: {scale: 2, mode: bilinear, align_corners: true}\n  - concat: [skip, prev]\n"
    )
    assert diagnose(net) == []


def test_not_of_odd_sizes_that_are_brought_back(diagnose: Found) -> None:
    net = (
        "cnncalc: 1\ninput: 67x67x3\nlayers:\n  - conv: {filters: 8, kernel: 3, padding: 1}\n    name: skip\n"
        "  - conv: {filters: 8, kernel: 3, stride: 2, padding: 1}\n  - resize_to: [prev, skip]\n"
        "  - concat: [skip, prev]\n"
    )
    assert diagnose(net) == []


def test_not_between_inputs(diagnose: Found) -> None:
    net = (
        "cnncalc: 1\ninputs: {c4: 40x40x8, c5: 20x20x8}\nlayers:\n  - {upsample: 2, from: c5}\n"
        "  - add: [prev, c4]\n"
    )
    assert diagnose(net) == []


def test_of_a_path_that_is_doubled_once_too_often(diagnose: Found) -> None:
    net = (
        "cnncalc: 1\ninput: 32x32x3\nlayers:\n  - {identity: , name: skip}\n  - maxpool: 2\n  - upsample: 4\n"
        "  - crop_to: [prev, skip]\n  - add: [prev, skip]\n"
    )
    (item,) = {diagnostic.message for diagnostic in diagnose(net)}
    assert "along the height their values are 1/2 of a pixel and 1 pixel apart" in item
