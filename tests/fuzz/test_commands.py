"""Every command on every text: no unforeseen exception, and no command for a CI system or a terminal."""

import os
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cnncalc import zoo
from cnncalc.analysis import Analysis
from cnncalc.graph import build
from cnncalc.render.explanation import explanation
from cnncalc.spec import read_spec
from cnncalc.text import read
from tests._depth import DEEP, FUZZING, cases, long_but
from tests.fuzz import _commands, _hostile, _specs

# A case is a dozen runs: a twentieth of those of the other fuzz tests is as much work.
PARTS = range(10 if FUZZING else 1)
CASES = cases(3, 50 // len(PARTS), of=20 * len(PARTS))
ANY = settings(max_examples=CASES, suppress_health_check=list(HealthCheck), deadline=None)
SEEDS = st.integers(0, 2**64 - 1)
# Text that does harm where a name, a key or a comment is shown as it is.
HARM = (
    b'"x\\n::error::y"', b"'::error::y'", b"'##vso[task.x]y'", b"'##[error]y'", b"'##teamcity[x]'",
    b'"\\x1b[31m\\u202e"',
    b"'@octocat #1 <b>x</b> [a](http://b)'", b"'|`*_'", b".nan", b"1e999", b"-.inf", b"9" * 18, b"9" * 400,
)  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with the shipped specs, which is the current one; in the one above it is nothing else."""
    folder = tmp_path_factory.mktemp("commands") / "specs"
    folder.mkdir()
    _commands.linked(folder, _specs.FOLDER)
    before = Path.cwd()
    os.chdir(folder)
    yield folder
    os.chdir(before)


@pytest.fixture(scope="module")
def few_shipped() -> Iterator[None]:
    """For commands that read all shipped specs: in `make test` these are few."""
    with pytest.MonkeyPatch.context() as patch:
        if not DEEP:
            patch.setattr(zoo, "names", lambda: ["alexnet", "lenet5", "resnet18", "vgg16"])
        yield


def _damaged(data: bytes, random: Random) -> bytes:
    """Bytes put in, cut out, or turned into others."""
    for _ in range(random.choice((1, 1, 2, 5))):
        index = random.randrange(len(data) + 1)
        end = min(len(data), index + random.choice((0, 0, 1, 4, 20)))
        word = random.choice(
            (*HARM, bytes(random.randrange(256) for _ in range(3)), b"", b"\n", b": ", b"- ", b"#")
        )
        data = data[:index] + word + data[end:]
    return data


def _valued(data: bytes, random: Random) -> bytes:
    """One value of a spec in place of which harm stands, so that the rest is still read."""
    lines = data.split(b"\n")
    places = [
        index for index, line in enumerate(lines) if b": " in line and not line.lstrip().startswith(b"#")
    ]
    index = random.choice(places)
    key, _, _ = lines[index].partition(b": ")
    lines[index] = key + b": " + random.choice(HARM)
    return b"\n".join(lines)


def _text(random: Random) -> bytes:
    kind = random.randrange(5)
    if kind == 0:
        return _specs.spec(random).encode("utf-8", "surrogatepass")
    if kind == 1:
        return _specs.zoo(random)
    shipped = _specs.ZOO[random.choice(sorted(_specs.ZOO))]
    return _damaged(shipped, random) if kind == 2 else _valued(shipped, random)


def _hold_all(data: bytes, random: Random) -> None:
    Path("net.yaml").write_bytes(data)
    encoding = random.choice(("utf-8", "utf-8", "ascii", "latin-1"))
    for line in _commands.every_command("net.yaml", "lenet5.yaml", random):
        _commands.hold(line, _commands.unguarded(*line, encoding=encoding))
    graph = build(read_spec(*read("net.yaml")), max_nodes=int(_commands.MAX_NODES))
    analysis = Analysis(graph)
    for node in random.sample(graph.nodes, min(20, len(graph.nodes))):
        assert "".join(explanation(analysis, node))


@pytest.mark.fuzz
@pytest.mark.parametrize("part", PARTS)
@ANY
@given(seed=SEEDS)
def test_every_command_on_specs_that_are_changed(part: int, seed: int) -> None:
    random = Random(seed)
    _hold_all(_text(random), random)


@pytest.mark.fuzz
@pytest.mark.parametrize("part", PARTS)
@ANY
@given(seed=SEEDS)
@pytest.mark.usefixtures("few_shipped")
def test_unusual_command_lines(part: int, seed: int) -> None:
    random = Random(seed)
    Path("net.yaml").write_bytes(_specs.ZOO[random.choice(("lenet5", "conv_demo", "three_convs"))])
    for _ in range(10):
        line = _commands.hostile("net.yaml", random)
        _commands.hold(line, _commands.unguarded(*line))


# Those that every command reads to their end.
LONG = {
    what for what, (text, _) in _hostile.TEXTS.items() if len(text) > 100_000 or what.startswith("2,000 ")
}


@pytest.mark.parametrize("what", long_but(_hostile.TEXTS.keys() - LONG, _hostile.TEXTS))
def test_every_command_on_hostile_texts(what: str) -> None:
    text = _hostile.TEXTS[what][0]
    data = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
    _hold_all(data, Random(what))
