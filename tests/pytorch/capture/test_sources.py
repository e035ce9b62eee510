"""Code by name: what a source can be, the arguments it needs, its inputs, and what goes wrong with it."""

from pathlib import Path

import pytest
import torch

from cnncalc.pytorch.capture import Failed
from cnncalc.pytorch.capture.found_code import BadSource
from cnncalc.pytorch.capture.sources import open_source, parsed
from cnncalc.shape import Shape

CODE = """
import torch
from torch import nn
from beside import WIDTH


class Net(nn.Module):
    def __init__(self, classes=10, channels=3, size=None):
        super().__init__()
        self.conv = nn.Conv2d(channels, WIDTH, 3, padding=1)
        self.register_buffer("grid", torch.arange(4.0))
        self.head = nn.Linear(WIDTH if size is None else WIDTH * size * size, classes)
        self.size = size

    def forward(self, x):
        x = self.conv(x)
        return self.head(x.mean((2, 3)) if self.size is None else x.flatten(1))


class Two(nn.Module):
    def __init__(self):
        super().__init__()
        self.left, self.right = nn.Conv2d(3, 4, 1), nn.Conv2d(1, 4, 1)

    def forward(self, left, right):
        return self.left(left) + self.right(right)


def needs(first, second, third=1):
    raise AssertionError


def breaks():
    raise KeyError("weights")


def number():
    return 3


model = Net(5)
"""


@pytest.fixture
def file(tmp_path: Path) -> str:
    (tmp_path / "beside.py").write_text("WIDTH = 4\n", encoding="utf-8")
    path = tmp_path / "some_net.py"
    path.write_text(CODE, encoding="utf-8")
    return str(path)


def test_a_class_in_a_file(file: str) -> None:
    source = open_source(f"{file}:Net", ["classes=7"])
    draft = source.draft()
    assert source.name == draft.name == "Net"
    assert draft.inputs == {"input": Shape(3, (224, 224))}
    assert draft.nodes[-1].fields["units"] == 7
    module = source.make("cpu")
    assert torch.equal(module.grid, torch.arange(4.0))  # type: ignore[arg-type]
    assert {tensor.device.type for tensor in source.make("meta").parameters()} == {"meta"}


def test_a_module_in_a_file(file: str) -> None:
    source = open_source(f"{file}:model")
    assert source.draft().nodes[-1].fields["units"] == 5
    assert source.make("meta") is not source.make("cpu")
    assert {tensor.device.type for tensor in source.make("cpu").parameters()} == {"cpu"}
    with pytest.raises(BadSource, match="is a module and takes no arguments"):
        open_source(f"{file}:model", ["3"])


def test_inputs_are_tried(file: str) -> None:
    assert open_source(f"{file}:Net", ["channels=1"]).draft().inputs == {"input": Shape(1, (224, 224))}
    assert open_source(f"{file}:Net", ["size=32"]).draft().inputs == {"input": Shape(3, (32, 32))}
    with pytest.raises(Failed, match="runs with none of these inputs: 224x224x3, "):
        open_source(f"{file}:Net", ["size=33"]).draft()
    assert open_source(f"{file}:Net", ["size=33"]).draft(33).inputs == {"input": Shape(3, (33, 33))}


def test_several_inputs(file: str) -> None:
    draft = open_source(f"{file}:Two").draft({"left": Shape(3, (8, 8)), "right": Shape(1, (8, 8))})
    assert list(draft.inputs) == ["left", "right"]
    with pytest.raises(Failed, match="missing 1 required positional argument: 'right'"):
        open_source(f"{file}:Two").draft()


def test_a_name_in_a_package() -> None:
    source = open_source("torch.nn:Conv2d", ["3", "8", "kernel_size=3"])
    assert source.draft([Shape(3, (8, 8))]).nodes[0].fields["filters"] == 8


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("needs", [], "needs the arguments first, second: give --arg first=... --arg second=..."),
        ("needs", ["1"], "needs the argument second: give --arg second=..."),
        ("Net", ["clases=3"], "does not take these arguments: .*It has: classes, channels, size"),
        ("Nett", [], "has no `Nett`: did you mean `Net`"),
        ("WIDTH", [], "is a value of type int: not callable, and no torch.nn.Module"),
    ],
)
def test_what_is_wrong_with_a_call(file: str, name: str, arguments: list[str], message: str) -> None:
    with pytest.raises(BadSource, match=message):
        open_source(f"{file}:{name}", arguments)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("breaks", r"raises KeyError: 'weights' \(.*some_net.py:\d+: raise KeyError"),
        ("number", r"gives a value of type int, not a torch.nn.Module"),
    ],
)
def test_what_a_callable_does_wrong(file: str, name: str, message: str) -> None:
    with pytest.raises(BadSource, match=message):
        open_source(f"{file}:{name}").draft()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("resnet50", "names no code: write FILE.py:NAME"),
        ("nowhere.py:Net", "there is no file nowhere.py"),
        ("nowhere_at_all:Net", "there is no module nowhere_at_all"),
        ("torchvision/resnet5", "torchvision has no model resnet5: did you mean torchvision/resnet50"),
    ],
)
def test_what_is_not_there(text: str, message: str) -> None:
    with pytest.raises(BadSource, match=message):
        open_source(text)


def test_a_file_that_raises_is_said_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "broken_net.py"
    path.write_text("import torch\nx = 1 / 0\n", encoding="utf-8")
    with pytest.raises(
        BadSource, match=r"broken_net.py raises ZeroDivisionError: .*broken_net.py:2: x = 1 / 0"
    ):
        open_source(f"{path}:Net")
    path.write_text("import not_there_at_all\n", encoding="utf-8")
    with pytest.raises(BadSource, match="raises ModuleNotFoundError: No module named 'not_there_at_all'"):
        open_source(f"{path}:Net")


def test_arguments_are_read_as_yaml() -> None:
    assert parsed(["resnet50", "classes=10", "rate=0.5", "pretrained=false", "a/b=c"]) == (
        ["resnet50", "a/b=c"],
        {"classes": 10, "rate": 0.5, "pretrained": False},
    )


def test_a_model_of_a_library_has_the_size_that_it_names(torchvision: object) -> None:
    draft = open_source("torchvision/googlenet").draft()
    assert draft.inputs == {"input": Shape(3, (224, 224))}
    assert not draft.unknown
