"""docs/rules-corpus.md: how many findings each rule has on the shipped specs, counted again."""

import re
from functools import cache
from pathlib import Path

import pytest

from cnncalc.rules import Rule, rules
from docs.corpus import Counts, counts, findings, main

PAGE = Path(__file__).parents[2] / "docs" / "rules-corpus.md"
ROW = re.compile(r"^\| (\w\d{3}) ([a-z0-9-]+) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \| (.+?) \|$", re.MULTILINE)
ROWS = {code: rest for code, *rest in ROW.findall(PAGE.read_text(encoding="utf-8"))}
COUNTED = [rule for rule in rules() if rule.fault.code in ROWS]


@cache
def counted() -> dict[str, Counts]:
    return dict(counts(list(findings(COUNTED))))


def test_every_design_rule_has_a_row() -> None:
    codes = {rule.fault.code for rule in rules() if rule.fault.code[0] != "C"}
    assert not codes - ROWS.keys(), f"docs/rules-corpus.md has no row for {sorted(codes - ROWS.keys())}"
    assert not ROWS.keys() - codes, (
        f"docs/rules-corpus.md has a row without a rule: {sorted(ROWS.keys() - codes)}"
    )
    assert len(COUNTED) == len(ROWS)


@pytest.mark.parametrize("rule", COUNTED, ids=lambda rule: str(rule.fault.code))
class TestRow:
    @pytest.mark.long
    def test_counts_what_is_found(self, rule: Rule) -> None:
        name, *numbers = ROWS[rule.fault.code][:4]
        assert name == rule.fault.name
        assert Counts(*map(int, numbers)) == counted().get(rule.fault.code, Counts(0, 0, 0))

    def test_more_than_one_bad_in_ten_is_in_preview(self, rule: Rule) -> None:
        _, total, _, _, bad, decision = ROWS[rule.fault.code]
        assert int(bad) <= int(total)
        assert rule.fault.preview == (10 * int(bad) > int(total))
        assert decision.startswith("preview" if rule.fault.preview else "on")


def test_the_program_says_in_words_what_it_counts(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cnncalc.zoo.names", lambda: ("vgg16", "lenet5"))
    assert main(["D003", "D009"]) == 0
    *_, first, second = capsys.readouterr().out.splitlines()
    assert re.fullmatch(r"  D003 large-pool: no findings", first)
    assert re.fullmatch(r"  D009 heavy-first-fc: 1 finding, in 1 spec, at 1 place in their texts", second)
    assert main(["X"]) == 2
    assert capsys.readouterr().out == "No rule has a code that begins with X; `cnncalc rules` lists them.\n"
