"""What is a pattern, and what is a path or YAML."""

from pathlib import Path

import pytest

import cnncalc
from cnncalc.pattern import is_pattern, means_pattern

PATTERNS = [
    "INPUT 32x32x3 -> FC 10",
    "[INPUT-CONV-RELU-POOL-FC]",
    "[INPUT]-([CONV]-[RELU]-[POOL])*-[FC]",
    "INPUT-CONV-FC",
    "CONV3-64-RELU",
    "([CONV -> RELU]*2 -> FC)",
    "CNV 32 -> RELU",
    "-> CONV 32",
    "] -> CONV 32",
    "\n\n  INPUT -> FC",
    "# A comment: of mine\nINPUT -> FC",
    "conv 32 → relu",
    "FC 10",
    "INPUT 8x8x3\n  -> FC 10",
]
YAML = [
    "cnncalc: 1\nname: INPUT -> FC\n",
    "# INPUT -> FC\ncnncalc: 1\n",
    "{cnncalc: 1}",
    "[conv, relu]",
    "[conv: 3, relu]",
    "- conv: 3\n- relu\n",
    "input : 32x32x3\nlayers: [relu]\n",
    "input: 32x32x3\n",
    "input 32x32x3\nlayers:\n  - conv: 8\n",
    "conv:\n  a -> b\n",
    '"input": 3',
    "---\nx -> y",
    "",
    "# nothing\n",
    "some words",
]
PATHS = [
    "net.yaml",
    "a -> b.yaml",
    "[INPUT]*.yml",
    "nets/conv-net",
    "conv-net",
    "pool",
    "relu",
    "resnet50",
    "git:HEAD:net.yaml",
    "no such file",
    "",
]


@pytest.mark.parametrize("text", PATTERNS)
def test_a_pattern(text: str) -> None:
    assert is_pattern(text)
    assert means_pattern(text)


@pytest.mark.parametrize("text", YAML)
def test_yaml(text: str) -> None:
    assert not is_pattern(text)


@pytest.mark.parametrize("text", PATHS)
def test_a_path(text: str) -> None:
    assert not means_pattern(text)


def test_a_file_of_that_name_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "INPUT 8x8x3 -> FC 10").write_text("cnncalc: 1\ninput: 4x4x1\nlayers: [relu]\n")
    assert [node.kind for node in cnncalc.load("INPUT 8x8x3 -> FC 10").layers] == ["relu"]
