"""Every benchmark runs and says something, on a small scale. Nothing here looks at how long anything took."""

from collections.abc import Iterator

import pytest

import cnncalc as library
from benchmarks import _specs
from benchmarks.__main__ import measure
from benchmarks._bench import Bench, Failed, cnncalc, python
from benchmarks._record import NAMES
from cnncalc.diagnostic import Severity
from tests._depth import long_but


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    with Bench(quick=True) as bench:
        yield bench


def test_every_benchmark_is_found() -> None:
    assert {"large", "parse", "start", "validate"} <= set(NAMES)


@pytest.mark.parametrize("name", long_but(("parse",), NAMES))
def test_a_benchmark_measures(bench: Bench, name: str) -> None:
    result = measure(bench, name)
    assert result.title
    assert result.about
    assert len({row.what + row.unit for row in result.rows}) == len(result.rows)
    assert any(row.target for row in result.rows)
    for row in result.rows:
        low, middle, high = row.figure.low, row.figure.median, row.figure.high
        assert 0 < low <= middle <= high
        assert (row.ratio is None) == (row.floor is None)
        assert (row.holds is None) == (row.target is None)


def test_a_command_that_fails_is_not_a_measurement(bench: Bench) -> None:
    broken = bench.folder / "broken.yaml"
    broken.write_text("layers: [\n", encoding="utf-8")
    with pytest.raises(Failed, match=r"exit status 1: .*broken\.yaml\nerror\[Y005\]"):
        bench.run(cnncalc("inspect", broken))


def test_a_measurement_is_of_the_command_alone(bench: Bench) -> None:
    """Linux lends a process the size of whatever forks it: here that must be something small."""
    idle = bench.run(python("-I", "-S", "-c", ""))
    busy = bench.run(
        python("-I", "-S", "-c", "held = b'x' * (64 << 20); print(sum(range(3_000_000)))", kept=True)
    )
    assert idle.peak < 16
    assert 60 < busy.peak - idle.peak < 80
    assert busy.printed == "4499998500000\n"
    assert 0 < idle.cpu < busy.cpu <= busy.wall * 1.5


def test_commands_run_in_turn_after_one_to_warm_up() -> None:
    with Bench() as bench:
        log = bench.folder / "log"
        note = "import sys; open(sys.argv[1], 'a').write(sys.argv[2])"
        samples = bench.run_all(
            {"a": python("-c", note, log, "a"), "b": python("-c", note, log, "b", runs=2)}, runs=3
        )
        assert log.read_text(encoding="utf-8") == "ab" + "ab" + "ab" + "a"
    assert {name: sample.seconds.runs for name, sample in samples.items()} == {"a": 3, "b": 2}


@pytest.mark.parametrize("nodes", [20, 100, 1000])
def test_a_deep_spec_is_clean_and_as_large_as_asked(nodes: int) -> None:
    graph = library.load(_specs.deep(nodes))
    assert len(graph.nodes) == nodes
    assert library_findings(graph) == ()


@pytest.mark.parametrize("layers", long_but((40, 100), (40, 100, 5000)))
def test_a_long_spec_is_clean_and_as_long_as_asked(layers: int) -> None:
    text = _specs.long(layers)
    graph = library.load(text)
    assert len(graph.layers) == layers
    assert library_findings(graph) == ()
    assert text == _specs.long(layers)


def test_the_long_spec_is_of_400_kb() -> None:
    assert 400_000 < len(_specs.long(5000).encode()) < 420_000


def library_findings(graph: library.Graph) -> tuple[library.Diagnostic, ...]:
    """What makes `validate` fail: nobody would train these, so that advice is free to be given."""
    diagnostics = library.findings(library.analyse(graph))
    return tuple(item for item in diagnostics if item.severity > Severity.INFO)
