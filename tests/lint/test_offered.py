"""Fixes that are shown have been tried: none makes a new error, and none changes a layer's type on a guess."""

import json
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings

from cnncalc.diagnostic import Severity
from cnncalc.lint.engine import CheckedSpec, check
from cnncalc.lint.fixing import fixed, offered
from cnncalc.lint.moved import Mover
from cnncalc.lint.written import WrittenText
from cnncalc.spec import read_spec
from cnncalc.text import from_bytes
from tests._depth import cases
from tests.commands._program import run
from tests.lint._faulty import faulty
from tests.lint.test_fix_property import ALL, NAME, OPTIONS, SEEDS, look, readable

FEW = settings(max_examples=cases(10, 200, of=10), deadline=None, suppress_health_check=list(HealthCheck))
# One pooling after another: what fits the first fails in the second.
DEEP = (
    "cnncalc: 1\ninput: 511x511x1\nlayers:\n  - maxpool: 2\n  - maxpool: 2\n  - maxpool: 2\n  - maxpool: 2\n"
)


def try_out(written: WrittenText) -> CheckedSpec:
    return check(read_spec(*from_bytes(written.encoded(), NAME)), ALL, OPTIONS, sizes=False)


@pytest.mark.fuzz
@FEW
@given(SEEDS)
def test_what_is_offered_makes_no_new_error(seed: int) -> None:
    written = readable(faulty(Random(seed)))
    if written is None:
        return
    before = try_out(written)
    kept = offered(written, NAME, before, try_out)
    assert [item._replace(fixes=()) for item in kept.findings] == [
        item._replace(fixes=()) for item in before.findings
    ]
    for item in kept.findings:
        for fix in item.fixes:
            if fix.safe or item.code in ("Y018", "Y019"):
                continue
            diagnostics = try_out(written.edited(fix.edits)).findings
            moved = Mover(fix.edits).moved
            allowed = {
                (diagnostic.code, moved(diagnostic.span.start))
                for diagnostic in before.findings
                if diagnostic.severity is Severity.ERROR
            }
            new = {
                (diagnostic.code, diagnostic.span.start)
                for diagnostic in diagnostics
                if diagnostic.severity is Severity.ERROR
            } - allowed
            assert not new, f"{item.code}: {fix.text}"


@pytest.mark.parametrize("word", ["deconv", "covn", "maxpol", "tconv3", "upconvv", "relus", "dense_block"])
def test_nothing_that_is_written_changes_a_type_on_a_guess(word: str) -> None:
    text = f"cnncalc: 1\ninput: 8x8x3\nlayers:\n  - {word}: 8\n  - relu\n"
    after = fixed(WrittenText(text), NAME, look, unsafe=True).written.text
    assert after == text or (word == "deconv" and "conv_transpose: 8" in after)


def test_a_fix_that_fails_one_level_down_is_not_offered(tmp_path: Path) -> None:
    path = tmp_path / NAME
    path.write_text(DEEP)
    (item,) = json.loads(run("validate", path, "--format", "json").out)["diagnostics"]
    texts = [fix["text"] for fix in item["fixes"]]
    assert "input: 496x496x1" in texts
    assert "input: 512x512x1" in texts
    assert not any("510" in text for text in texts)


def test_the_first_fix_that_works_is_written(tmp_path: Path) -> None:
    path = tmp_path / NAME
    path.write_text(DEEP)
    ended = run("validate", path, "--fix", "--unsafe-fixes")
    assert ended.status == 0, ended.out


def test_sarif_shows_the_same_fixes_as_json(tmp_path: Path) -> None:
    path = tmp_path / NAME
    path.write_text(DEEP)
    (item,) = json.loads(run("validate", path, "--format", "json").out)["diagnostics"]
    sarif = json.loads(run("validate", path, "--format", "sarif").out)
    shown = [fix["description"]["text"] for fix in sarif["runs"][0]["results"][0]["fixes"]]
    assert shown == [fix["text"] for fix in item["fixes"]]
