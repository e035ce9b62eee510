"""A count of one takes a noun without an s, in everything that is printed."""

import re
from pathlib import Path

import pytest

from tests.commands._program import run

TESTS = Path(__file__).resolve().parents[1]
# After `1 `: a word that ends in s, and is no verb and no noun without a plural.
PLURAL = re.compile(r"(?<![\w.,*/+^x()-])(?<![*/+=-] )1 ([a-z]+s)\b")
WORDS = {
    "across", "as", "axis", "bias", "chooses", "class", "comes", "counts", "does", "fits", "gives", "has", "is",
    "keeps", "leaves", "less", "loss", "makes", "means", "needs", "pads", "parts", "plus", "reads", "runs", "says",
    "stands", "takes", "this", "uses", "was",
}  # fmt: skip
# Everything is one: a layer, a channel, a position, a parameter, an image.
ONE = {
    "one.yaml": "cnncalc: 1\ninput: 1x1x1\nlayers:\n  - conv: {filters: 1, kernel: 1, bias: false}\n",
    "features.yaml": "cnncalc: 1\ninput: {features: 1}\nlayers:\n  - fc: {units: 1, bias: false}\n",
    "block.yaml": "cnncalc: 1\ninput: 2x2x1\nblocks: {b: {layers: [conv: 1]}}\n"
    "layers:\n  - b\n  - global_avgpool\n  - fc: 1\n",
    "faulty.yaml": "cnncalc: 1\ninput: 2x2x1\nlayers:\n  - conv: {filters: 1, groups: 2}\n  - gn: 3\n  - relu\n",
    "flat.yaml": "cnncalc: 1\ninput: 2x1x1\nlayers:\n  - fc: 1\n  - conv: 1\n",
    "pools.yaml": "cnncalc: 1\ninput: 2x2x1\nlayers:\n  - lrn: {size: 1}\n  - reflection_pad: 2\n",
    "lost.yaml": "cnncalc: 1\ninput: 3x3x1\nlayers:\n  - maxpool: 2\n  - reshape: 5\n  - softmax\n",
    "merge.yaml": "cnncalc: 1\ninput: 3x3x1\nlayers:\n  - concat:\n    - [maxpool: {kernel: 1, stride: 2}]\n"
    "    - [conv: {filters: 1, kernel: 2}]\n",
}
COMMANDS = [
    "inspect",
    "inspect --depth 0",
    "explain",
    "memory",
    "memory --mode training --backend cpu",
    "fit --memory 1GiB",
    "validate --show-notes --preview",
    "sizes",
    "expand",
]


def false_plurals(text: str) -> list[str]:
    return [match[0] for match in PLURAL.finditer(text) if match[1] not in WORDS]


@pytest.mark.parametrize("line", COMMANDS)
@pytest.mark.parametrize("name", ONE)
def test_of_networks_in_which_everything_is_one(name: str, line: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(ONE[name])
    command, *options = line.split()
    ended = run(command, tmp_path / name, *options)
    assert ended.status in (0, 1)
    assert not false_plurals(ended.out + ended.err)


def test_of_one_that_becomes_another(tmp_path: Path) -> None:
    for name in ("one.yaml", "block.yaml"):
        (tmp_path / name).write_text(ONE[name])
    for arguments in (("one.yaml", "block.yaml"), ("block.yaml", "one.yaml"), ("one.yaml", "one.yaml")):
        ended = run("diff", *(tmp_path / name for name in arguments))
        assert not false_plurals(ended.out + ended.err)


@pytest.mark.parametrize("name", ["conv1", "b", "fc1"])
def test_of_one_layer(name: str, tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text(ONE["block.yaml"])
    ended = run("explain", tmp_path / "net.yaml", name if name != "conv1" else "b.conv1")
    assert not false_plurals(ended.out + ended.err)


@pytest.mark.parametrize("folder", ["diagnostics", "render/golden"])
def test_of_golden_files(folder: str) -> None:
    for path in (TESTS / folder).iterdir():
        if path.is_file() and path.suffix in ("", ".out", ".txt", ".json", ".md"):
            assert not false_plurals(path.read_text(encoding="utf-8")), path.name


def test_finds_a_false_plural() -> None:
    assert false_plurals("checked 1 specs, 21 layers") == ["1 specs"]
    assert not false_plurals("1 spec, 3*1 values, 2.1 pixels and `groups` 1 is one")
