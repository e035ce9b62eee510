"""JUnit's XML, read by an XML parser."""

from xml.etree import ElementTree as xml

from cnncalc.diagnostic import Diagnostic
from tests.render._formats import render
from tests.render.findings._cases import EVERY, FILE, SOURCES


def read(*diagnostics: Diagnostic) -> xml.Element:
    return xml.fromstring("".join(render(diagnostics, SOURCES, "junit")).encode())


def test_each_file_is_a_suite_and_each_finding_a_case() -> None:
    root = read(*EVERY)
    assert [suite.get("name") for suite in root] == [FILE, "gone.yaml", "base,100%:a.yaml"]
    assert [len(suite) for suite in root] == [4, 1, 1]
    names = [case.get("name") for case in root[0]]
    assert names[:2] == ["X001 broken-thing at 2:9", "X002 odd-thing at 4:5"]


def test_counts_are_of_what_is_there() -> None:
    root = read(*EVERY)
    for element in (root, *root):
        cases = list(element.iter("testcase"))
        assert element.get("tests") == str(len(cases))
        assert element.get("failures") == str(len(list(element.iter("failure"))))


def test_errors_and_warnings_fail_and_notes_pass() -> None:
    root = read(*EVERY)
    types = [failure.get("type") for failure in root.iter("failure")]
    assert types == ["error", "warning", "warning", "error"]
    assert len(list(root.iter("system-out"))) == 2


def test_a_failure_says_all_there_is() -> None:
    (failure,) = read(EVERY[0]).iter("failure")
    assert failure.get("message") == '100% of "tea" & <cups>: 🍵'
    assert failure.text is not None
    assert "note: of a note" not in failure.text
    assert "help: write `tea`, or: 'coffee'" in failure.text
    assert failure.text.endswith("/docs/diagnostics/X001.md")


def test_what_xml_can_not_hold_is_escaped() -> None:
    (failure,) = read(EVERY[1]).iter("failure")
    assert failure.get("message") == "over\\nthree \\x1b[31m lines\\r\\n\\x00\\ufffe]]>"


def test_of_nothing_is_one_test_that_passed() -> None:
    root = read()
    assert (root.get("tests"), root.get("failures")) == ("1", "0")
    assert [len(case) for case in root.iter("testcase")] == [0]
