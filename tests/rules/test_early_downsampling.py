"""D107: images made smaller before any filter."""

from collections.abc import Callable
from typing import TypeAlias

import pytest

from cnncalc.diagnostic import Diagnostic
from cnncalc.rules.design.early_downsampling import EarlyDownsampling
from tests.rules._alone import alone

Found: TypeAlias = Callable[..., list[Diagnostic]]
HEAD = "cnncalc: 1\ninput: 32x32x3\nlayers:\n"


@pytest.fixture
def diagnose() -> Found:
    return alone(EarlyDownsampling)


@pytest.mark.parametrize(
    ("layers", "says"),
    [
        ("  - maxpool: 2\n  - conv: 8\n", "`maxpool1` pools 1,024 pixels to 256 (25%) before any filter sees them"),
        ("  - bn\n  - avgpool: 4\n  - conv: 8\n",
         "`avgpool1` pools 1,024 pixels to 64 (6%) before any filter sees them"),
        ("  - conv: {filters: 8, kernel: 2, stride: 4}\n",
         "`conv1` has a stride larger than its kernel: it reads only 25% of the 1,024 pixels"),
        ("  - conv: {filters: 8, kernel: [3, 1], stride: [3, 31]}\n    allow: {S001: so be it, S003: so be it}\n",
         "`conv1` has a stride larger than its kernel: it reads only 3% of the 1,024 pixels"),
    ],
)  # fmt: skip
def test_reports_what_is_left(diagnose: Found, layers: str, says: str) -> None:
    (item,) = diagnose(HEAD + layers)
    assert item.message == says


def test_reports_which_input_would_do(diagnose: Found) -> None:
    (item,) = diagnose(HEAD + "  - maxpool: 2\n  - conv: 8\n")
    assert item.help == "use an input of 16x16, or a first convolution whose kernel is at least its stride"


@pytest.mark.parametrize(
    "layers",
    [
        "  - conv: {filters: 8, kernel: 3, stride: 2, padding: 1}\n    allow: {S002: so be it}\n",
        "  - patch_embed: {patch: 4, filters: 8}\n",
        "  - conv: {filters: 8, kernel: 4, stride: 4}\n",
        "  - conv: {filters: 8, kernel: 3}\n  - maxpool: 2\n",
        "  - maxpool: {kernel: 3, stride: 1}\n  - conv: 8\n",
        # Another layer reads the image as it is.
        "  - concat:\n      - [maxpool: 2, conv: 8]\n      - [conv: {filters: 8, kernel: 2, stride: 2}]\n",
        "  - global_avgpool\n  - fc: 10\n",
    ],
)
def test_others_are_fine(diagnose: Found, layers: str) -> None:
    assert diagnose(HEAD + layers) == []


def test_the_output_of_other_layers_is_not_an_image(diagnose: Found) -> None:
    assert diagnose((HEAD + "  - maxpool: 2\n  - conv: 8\n").replace("32x32x3", "32x32x16")) == []


@pytest.mark.parametrize(
    "before",
    [
        "zero_pad: 2",
        "dropout2d: 0.1",
        "scale: 2",
        "layer_scale",
        "ln2d",
        "relu",
        "crop: 60",
        "channel_shuffle: 3",
    ],
)
def test_what_keeps_pixels_where_they_are_has_not_looked_at_them(diagnose: Found, before: str) -> None:
    text = f"cnncalc: 1\ninput: 64x64x3\nlayers:\n  - {before}\n  - maxpool: 2\n  - conv: 16\n"
    assert len(diagnose(text)) == 1
    assert diagnose(text.replace(before, "conv: 8")) == []


@pytest.mark.parametrize(
    "pool", ["adaptive_avgpool: 16", "fractional_maxpool: {kernel: 2, output_size: 30}", "lppool: 2"]
)
def test_every_pooling_drops_pixels(diagnose: Found, pool: str) -> None:
    assert len(diagnose(f"cnncalc: 1\ninput: 64x64x3\nlayers:\n  - {pool}\n  - conv: 16\n")) == 1
