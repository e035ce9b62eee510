"""For any spec: fixes converge, fixed findings are gone, and safe fixes change no figure."""

import re
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cnncalc.analysis import Analysis
from cnncalc.graph import build
from cnncalc.lint.adopting import adopted
from cnncalc.lint.engine import CheckedSpec, Options, check
from cnncalc.lint.fixing import BROKEN, caused, fixed
from cnncalc.lint.settings import Settings
from cnncalc.lint.written import WrittenText, decoded
from cnncalc.rules import Selection
from cnncalc.spec import read_spec
from cnncalc.text import from_bytes
from tests._depth import cases
from tests.lint._faulty import faulty

NAME = "net.yaml"
CASES = settings(
    max_examples=cases(10, 200, of=10),
    suppress_health_check=list(HealthCheck),
)
SEEDS = st.integers(0, 2**64 - 1)
ALL = Settings(Selection(preview=True))
OPTIONS = Options(max_nodes=2000)


def look(written: WrittenText) -> CheckedSpec:
    return check(read_spec(*from_bytes(written.encoded(), NAME)), ALL, OPTIONS)


def figures(written: WrittenText) -> object:
    """The figures of a network in both modes; None if they are unknown."""
    spec = read_spec(*from_bytes(written.encoded(), NAME))
    graphs = [build(spec, mode=mode, max_nodes=2000) for mode in ("inference", "training")]
    if not all(graph.ok for graph in graphs):
        return None
    return [
        (Analysis(graph).totals, [(node.name, node.kind, node.shape, node.inputs) for node in graph.nodes])
        for graph in graphs
    ]


def readable(data: bytes) -> WrittenText | None:
    source, _ = from_bytes(data, NAME)
    return None if source is None or source.refused else decoded(data)


def comments(written: WrittenText) -> list[str]:
    """Comments that are not for cnncalc; a directive's goes with the directive."""
    return re.findall(r"# (?:why|noqa)", re.sub(r"(^|[\r\n])%[^\r\n]*", "", written.text))


@pytest.mark.fuzz
@CASES
@given(SEEDS)
def test_fixes_converge(seed: int) -> None:
    written = readable(faulty(Random(seed)))
    if written is None:
        return
    before = look(written)
    for unsafe in (False, True):
        after, corrected, left = fixed(written, NAME, look, unsafe=unsafe)
        assert look(after) == left
        again = fixed(after, NAME, look, unsafe=unsafe)
        assert again.written == after, "a second run changes more"
        assert not again.done
        assert not caused(before.findings, left.findings) & BROKEN
        assert bool(corrected) == (after != written)


@pytest.mark.fuzz
@CASES
@given(SEEDS)
def test_safe_fixes_leave_figures(seed: int) -> None:
    written = readable(faulty(Random(seed)))
    if written is None:
        return
    after, _, left = fixed(written, NAME, look, unsafe=False)
    safe = [item for item in left.findings if any(fix.safe for fix in item.fixes[:1])]
    assert not safe, f"left: {safe[0]}"
    known = figures(written)
    assert known is None or figures(after) == known
    # A comment may go with the `allow:` that it stands beside, and that fix is not safe.
    assert comments(after) == comments(written)


@pytest.mark.fuzz
@CASES
@given(SEEDS)
def test_comments_accept_what_is_found(seed: int) -> None:
    data = faulty(Random(seed))
    written = readable(data)
    source, _ = from_bytes(data, NAME)
    if written is None or source is None:
        return
    before = look(written)
    after, count, left = adopted(written, source, look, "old")
    assert bool(count) == (after != written)
    known = figures(written)
    assert known is None or figures(after) == known
    assert not ({item.code for item in left.findings} - {item.code for item in before.findings}) & BROKEN
    assert after.text.count("\n") == written.text.count("\n")
    assert adopted(after, from_bytes(after.encoded(), NAME)[0] or source, look, "old").written == after
