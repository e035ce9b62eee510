"""GitLab's Code Quality report: what its documentation asks of each issue, and fingerprints that hold."""

import json
from typing import Any

import pytest

from cnncalc.diagnostic import Diagnostic, Span
from cnncalc.text import Source
from tests.render._formats import render
from tests.render.findings._cases import BROKEN, EVERY, FILE, SOURCES, TEXT


def issues(
    diagnostics: tuple[Diagnostic, ...] = EVERY, sources: dict[str, Source] = SOURCES
) -> list[dict[str, Any]]:
    data: list[dict[str, Any]] = json.loads("".join(render(diagnostics, sources, "gitlab")))
    return data


def test_every_issue_has_what_gitlab_asks_for() -> None:
    for issue, item in zip(issues(), EVERY, strict=True):
        assert issue["description"]
        assert issue["check_name"] == f"{item.code}-{item.name}"
        assert issue["severity"] in ("info", "minor", "major", "critical", "blocker")
        assert issue["location"]["lines"]["begin"] == item.span.line
        assert not issue["location"]["path"].startswith(("./", "/"))


def test_fingerprints_are_unique_and_the_same_again() -> None:
    words = [issue["fingerprint"] for issue in issues()]
    assert len(set(words)) == len(words)
    assert words == [issue["fingerprint"] for issue in issues()]


def test_a_fingerprint_outlives_an_edit_above_it() -> None:
    moved = tuple(
        item._replace(span=item.span._replace(line=item.span.line + 2, end_line=item.span.end_line + 2))
        for item in EVERY[:4]
    )
    below = {FILE: Source(FILE, f"# one\n# two\n{TEXT}")}
    before, after = issues(EVERY[:4]), issues(moved, below)
    assert [diagnostic["fingerprint"] for diagnostic in before] == [
        diagnostic["fingerprint"] for diagnostic in after
    ]


def test_a_fingerprint_knows_another_line_code_or_file() -> None:
    first = issues(EVERY[:1])[0]["fingerprint"]
    other = {FILE: Source(FILE, TEXT.replace("tea", "mate"))}
    assert issues(EVERY[:1], other)[0]["fingerprint"] != first


@pytest.mark.parametrize(
    ("file", "path"),
    [("./net.yaml", "net.yaml"), ("a/../net.yaml", "net.yaml"), ("../net.yaml", "../net.yaml")],
)
def test_a_path_is_from_the_root(file: str, path: str) -> None:
    item = BROKEN.at(Span(file, 1, 1, 1, 2), "message")
    assert issues((item,), {})[0]["location"]["path"] == path


def test_a_whole_path_below_the_folder_is_from_there(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for file, path in (
        (f"{tmp_path}/nets/a.yaml", "nets/a.yaml"),
        ("/elsewhere/a.yaml", "/elsewhere/a.yaml"),
    ):
        item = BROKEN.at(Span(file, 1, 1, 1, 2), "message")
        assert issues((item,), {})[0]["location"]["path"] == path
