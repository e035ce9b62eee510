"""Damaged and hostile files: bounded, and a sentence for each."""

import itertools
import json
import random

import pytest

from cnncalc.importers import Unreadable
from cnncalc.importers.formats import ImportRequest
from cnncalc.importers.reading import read
from cnncalc.shape import Shape
from tests._depth import cases
from tests.importers.formats._reading import faults_of

NET = "[net]\nwidth=8\nheight=8\nchannels=3\n"
GOOD = {
    "a.cfg": NET
    + "[convolutional]\nbatch_normalize=1\nfilters=8\nsize=3\nstride=1\npad=1\nactivation=leaky\n"
    "[maxpool]\nsize=2\nstride=2\n[route]\nlayers=-1,-2\n[shortcut]\nfrom=-3\n[yolo]\n",
    "a.prototxt": 'name: "n"\ninput: "data"\ninput_dim: 1\ninput_dim: 3\ninput_dim: 8\ninput_dim: 8\n'
    'layer {\n  name: "c"\n  type: "Convolution"\n  bottom: "data"\n  top: "c"\n'
    "  convolution_param { num_output: 4 kernel_size: 3 pad: 1 }\n}\n"
    'layer { name: "p" type: "Pooling" bottom: "c" top: "p" pooling_param { pool: AVE kernel_size: 2 stride: 2 } }\n',
    "a.yaml": "nc: 2\nscales:\n  n: [0.33, 0.25, 1024]\nbackbone:\n  - [-1, 1, Conv, [64, 3, 2]]\n"
    "  - [-1, 3, C2f, [128, True]]\nhead:\n  - [[-1, 0], 1, Concat, [1]]\n  - [[1], 1, Detect, [nc]]\n",
    "a.json": json.dumps(
        {
            "class_name": "Sequential",
            "config": {
                "name": "s",
                "layers": [
                    {
                        "class_name": "InputLayer",
                        "config": {"batch_input_shape": [None, 8, 8, 3], "name": "i"},
                    },
                    {
                        "class_name": "Conv2D",
                        "config": {"name": "c", "filters": 4, "kernel_size": [3, 3], "padding": "same"},
                    },
                    {"class_name": "Dense", "config": {"name": "d", "units": 5, "activation": "softmax"}},
                ],
            },
        }
    ),
}
FILES = sorted(GOOD)


def outcome(content: bytes, file: str) -> None:
    """Reads a file: a draft, or diagnostics with places in it. Anything else is an error of ours."""
    try:
        draft = read(content, file, ImportRequest({"": Shape(3, (32, 32))}))
    except Unreadable as error:
        diagnostics = error.diagnostics
    except LookupError:
        return
    else:
        assert draft.outputs
        return
    assert diagnostics
    lines = content.count(b"\n") + content.count(b"\r") + 2
    for item in diagnostics:
        assert item.message
        assert 1 <= item.span.line <= lines
        assert item.span.column >= 1


@pytest.mark.parametrize("file", FILES)
def test_every_beginning_of_a_file_is_read_or_refused(file: str) -> None:
    content = GOOD[file].encode()
    for end in range(0, len(content), 3):
        outcome(content[:end], file)


@pytest.mark.parametrize("file", FILES)
def test_damaged_files_are_read_or_refused(file: str) -> None:
    chance = random.Random(file)
    words = (
        "0",
        "-1",
        "1e9",
        "99999999999999999999",
        "{",
        "}",
        "[",
        "]",
        '"',
        ":",
        "\n",
        "null",
        "x",
        "\0",
        "é",
        "=",
    )
    for _ in range(cases(150, 3000)):
        text = GOOD[file]
        for _ in range(chance.randint(1, 4)):
            start = chance.randrange(len(text))
            end = min(len(text), start + chance.choice((0, 1, 1, 2, 5)))
            text = text[:start] + chance.choice(words) + text[end:]
        outcome(text.encode(), file)


@pytest.mark.parametrize("file", FILES)
def test_text_that_is_not_utf_8_has_its_place(file: str) -> None:
    content = GOOD[file].encode()
    cut = content.index(b"\n") + 1 if b"\n" in content else 10
    (fault,) = faults_of(content[:cut] + b"\xff" + content[cut:], file)
    assert fault.code == "Y002"
    assert "is not UTF-8" in fault.message


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("a.json", "[" * 100_000),
        ("a.json", '{"class_name": "Sequential", "config": ' * 100_000),
        ("a.prototxt", "layer { " * 100_000),
        ("a.yaml", "backbone:\n  - " + "[" * 100_000 + "\nhead: []\n"),
        ("a.cfg", "[" * 100_000),
    ],
)
def test_depth_is_bounded(file: str, text: str) -> None:
    outcome(text.encode(), file)


def test_models_inside_models_are_bounded() -> None:
    model: dict[str, object] = {"class_name": "Dense", "config": {"units": 1, "name": "d"}}
    for index in range(60):
        model = {"class_name": "Sequential", "config": {"name": f"m{index}", "layers": [model]}}
    first = {"class_name": "InputLayer", "config": {"batch_input_shape": [None, 8], "name": "i"}}
    model["config"]["layers"].insert(0, first)  # type: ignore[index]
    assert [item.code for item in faults_of(json.dumps(model), "a.json")] == ["I018"]


@pytest.mark.parametrize(
    ("file", "text"),
    [
        (
            "a.yaml",
            "nc: 2\ndepth_multiple: 1000000\nbackbone:\n  - [-1, 9999, Bottleneck, [8]]\nhead:\n"
            "  - [-1, 1, nn.Identity, []]\n",
        ),
        (
            "a.yaml",
            "nc: 2\nbackbone:\n  - [-1, 1, Conv, [1000000, 1000000, 1000000]]\nhead:\n  - [-1, 1, nn.Identity, []]\n",
        ),
        (
            "a.cfg",
            "[net]\nwidth=2000000000\nheight=2000000000\nchannels=2000000000\n[connected]\noutput=2000000000\n",
        ),
        ("a.cfg", NET + "[upsample]\nstride=2000000000\n" * 5),
    ],
)
def test_sizes_and_counts_are_bounded(file: str, text: str) -> None:
    outcome(text.encode(), file)


def test_every_pair_of_sections_is_read_or_refused() -> None:
    from cnncalc.importers.formats._darknet.layers import READERS

    for first, second in itertools.product(READERS, READERS):
        text = (
            NET
            + f"[convolutional]\nfilters=4\n[{first}]\nlayers=-1\nfrom=-1\n[{second}]\nlayers=-1,-2\nfrom=-2\nsize=2\n"
        )
        outcome(text.encode(), "a.cfg")
