"""What holds for every rule: its examples are its tests."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest

import cnncalc
from cnncalc import describe
from cnncalc.diagnostic import Diagnostic, Severity, edited
from cnncalc.rules import Rule, check, rules
from tests._each import each

Found: TypeAlias = Callable[..., list[Diagnostic]]
RULES = rules()
PACKAGE = Path(cnncalc.__file__).parent / "rules"


def named(rule: Rule) -> str:
    return rule.fault.name


def test_every_file_is_a_rule_of_its_name() -> None:
    files = {path.stem for path in PACKAGE.rglob("[a-z]*.py")}
    assert {rule.fault.name.replace("-", "_") for rule in RULES} == files
    for rule in RULES:
        assert type(rule).__module__.rpartition(".")[2] == rule.fault.name.replace("-", "_")


def test_codes_differ_and_are_of_a_family() -> None:
    codes = [rule.fault.code for rule in RULES]
    assert len(set(codes)) == len(codes)
    for code in codes:
        assert re.fullmatch(rf"[{''.join(describe.FAMILIES)}]\d{{3}}", code)


@each("rule", RULES, ids=named)
def test_has_a_test_of_its_own(rule: Rule) -> None:
    assert Path(__file__).with_name(f"test_{rule.fault.name.replace('-', '_')}.py").exists()


@pytest.mark.parametrize("rule", RULES, ids=named)
class TestExamples:
    def test_the_invalid_one_shows_only_the_rule(self, rule: Rule, diagnose: Found) -> None:
        diagnostics = diagnose(rule.fault.invalid, asked=rule)
        assert {item.code for item in diagnostics} == {rule.fault.code}
        for item in diagnostics:
            assert item.severity is rule.fault.severity
            assert item.message
            assert item.span.file == "<text>"

    def test_the_valid_one_is_clean(self, rule: Rule, diagnose: Found) -> None:
        assert diagnose(rule.fault.valid, asked=rule) == []

    def test_a_fix_removes_the_finding(self, rule: Rule, diagnose: Found) -> None:
        for item in diagnose(rule.fault.invalid, asked=rule):
            for fix in item.fixes:
                assert [
                    diagnostic.code for diagnostic in diagnose(edited(rule.fault.invalid, fix), asked=rule)
                ] == []

    def test_is_silent_where_there_is_an_error(self, rule: Rule) -> None:
        graph = cnncalc.load(rule.fault.invalid + "  - conv: 0\n    name: broken\n    from: input\n")
        assert not graph.ok
        assert check(cnncalc.analyse(graph)) == ()

    def test_is_reported_the_same_in_training(self, rule: Rule, diagnose: Found) -> None:
        assert diagnose(rule.fault.invalid, asked=rule, mode="training") == diagnose(
            rule.fault.invalid, asked=rule
        )


def test_a_finding_of_a_repeated_item_is_reported_once(diagnose: Found) -> None:
    text = (
        "cnncalc: 1\ninput: 8x8x3\nlayers:\n  - conv: 3\n    name: stem\n"
        "  - conv: 3\n    repeat: 3\n  - conv: 3\n    from: stem\n"
    )
    assert [(item.code, item.span.line) for item in diagnose(text)] == [("G001", 6)]


def test_no_shipped_spec_shows_more_than_advice() -> None:
    for name in ("alexnet", "googlenet", "mobilenet_v1", "nin", "resnet50", "vgg16"):
        for mode in ("inference", "training"):
            diagnostics = check(cnncalc.analyse(cnncalc.load(name, mode=mode)))
            assert [item.message for item in diagnostics if item.severity > Severity.INFO] == []


@pytest.mark.parametrize(("folder", "family"), [("design", "D"), ("budget", "C")])
def test_a_folder_of_rules_has_one_family(folder: str, family: str) -> None:
    """`inspect` leaves the design rules out, and those of budgets where a spec has none: it does not load them."""
    for rule in RULES:
        assert (rule.fault.code[0] == family) == (f".{folder}." in type(rule).__module__)


def test_a_family_can_be_left_out() -> None:
    every = {rule.fault.code for rule in RULES}
    assert {rule.fault.code for rule in rules(advice=False)} == {code for code in every if code[0] != "D"}
    assert {rule.fault.code for rule in rules(budget=False)} == {code for code in every if code[0] != "C"}
