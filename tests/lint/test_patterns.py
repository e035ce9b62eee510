"""Patterns of files."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnncalc.lint import patterns
from cnncalc.lint.patterns import Sign, Wild, matches, problem
from tests._each import each


@each(
    ("pattern", "path", "meant"),
    [
        ("net.yaml", "net.yaml", True),
        ("net.yaml", "sub/deep/net.yaml", True),
        ("net.yaml", "other-net.yaml", False),
        ("*.yaml", "sub/net.yaml", True),
        ("old", "old/net.yaml", True),
        ("old/", "sub/old/net.yaml", True),
        ("old", "older/net.yaml", False),
        ("sub/*.yaml", "sub/net.yaml", True),
        ("sub/*.yaml", "sub/deep/net.yaml", False),
        ("sub/*.yaml", "top/sub/net.yaml", False),
        ("./sub/*", "sub/net.yaml", True),
        ("/net.yaml", "net.yaml", True),
        ("/net.yaml", "sub/net.yaml", False),
        ("sub/**", "sub/deep/net.yaml", True),
        ("**/old/*.yaml", "old/net.yaml", True),
        ("**/old/*.yaml", "a/b/old/net.yaml", True),
        ("net?.yaml", "net1.yaml", True),
        ("net?.yaml", "net12.yaml", False),
        ("net[12].yaml", "net2.yaml", True),
        ("net[!12].yaml", "net2.yaml", False),
        ("net[.yaml", "net[.yaml", True),
        ("a+b.yaml", "a+b.yaml", True),
        ("*", "anything/at/all", True),
        ("**", "anything/at/all", True),
        ("sub/**", "sub", False),
        ("sub/**/net.yaml", "sub/net.yaml", True),
        ("sub/**/net.yaml", "sub/a/b/net.yaml", True),
        ("sub/**/a/**/b", "sub/x/a/y/z/b/net.yaml", True),
        ("sub/**/a/**/b", "sub/x/y/z/b", False),
        ("**/**/net.yaml", "net.yaml", True),
        ("sub//net.yaml", "sub/net.yaml", True),
        ("sub/a**b", "sub/axb", True),
        ("sub/a**b", "sub/a/b", False),
        ("a*b*c", "a-b-b-c", True),
        ("a*b*c", "a-c-b", False),
        ("*", "", True),
        ("net[^12].yaml", "net3.yaml", True),
        ("[]a].yaml", "].yaml", True),
        ("[!]a].yaml", "].yaml", False),
        ("[]", "[]", True),
        ("[!]", "!", False),
        ("[!]", "[!]", True),
        ("[a-cx].yaml", "b.yaml", True),
        ("[a-cx].yaml", "d.yaml", False),
        ("[a-].yaml", "-.yaml", True),
        ("net[1", "net[1", True),
        ("n\n?t", "n\nxt", True),
    ],
)
def test_match_files(pattern: str, path: str, meant: bool) -> None:
    assert matches(pattern, path) is meant


@pytest.mark.parametrize(
    ("pattern", "says"), [("", "empty"), ("/", "empty"), ("./", "empty"), ("net[z-a]", "`z-a` is empty")]
)
def test_that_match_nothing_are_known(pattern: str, says: str) -> None:
    assert says in (problem(pattern) or "")


def translated(pattern: str) -> str:
    """The same by another way: a regular expression, which goes back where it was wrong."""
    signs = {"**/": "(?:.*/)?", "*": "[^/]*", "?": "[^/]"}
    parts = re.findall(r"\*\*/|\*+|\?|[^*?]+", pattern)
    return "(?:.*/)?" * ("/" not in pattern) + "".join(signs.get(part[:3], re.escape(part)) for part in parts)


names = st.text("ab", min_size=1, max_size=4)


@given(
    st.lists(
        st.one_of(st.just("**"), st.from_regex(r"(?:[ab?]|\*(?!\*)){1,5}", fullmatch=True)),
        min_size=1,
        max_size=4,
    ),
    st.lists(names, min_size=1, max_size=5),
)
def test_match_what_regular_expressions_say(segments: list[str], path: list[str]) -> None:
    pattern = "/".join([*segments, "a"])
    said = re.fullmatch(translated(pattern) + "(?:/.*)?", "/".join(path))
    assert matches(pattern, "/".join(path)) is (said is not None)


class TestWork:
    """At most as many steps as the pattern has signs times the characters of the path."""

    @pytest.mark.parametrize("count", [10, 100, 1000])
    def test_of_many_stars_in_a_name(self, monkeypatch: pytest.MonkeyPatch, count: int) -> None:
        accepted: list[str] = []
        passed: list[int] = []
        accepts, pass_on = Sign.accepts, Wild._passed

        def counted(self: Sign, character: str) -> bool:
            accepted.append(character)
            return accepts(self, character)

        def counted_too(self: Wild, places: int) -> int:
            passed.append(places)
            return pass_on(self, places)

        monkeypatch.setattr(Sign, "accepts", counted)
        monkeypatch.setattr(Wild, "_passed", counted_too)
        patterns._segments.cache_clear()
        pattern, name = "*a" * count + "b", "a" * (2 * count)
        assert not matches(pattern, name)
        # Each sign is asked for each kind of character, and each character takes one step.
        assert len(accepted) <= len(pattern)
        assert len(passed) <= len(name) + 1

    @pytest.mark.parametrize("count", [10, 100])
    def test_of_many_folders(self, monkeypatch: pytest.MonkeyPatch, count: int) -> None:
        steps: list[int] = []
        after = patterns._after

        def counted(segments: tuple[patterns.Segment, ...], index: int, name: str) -> tuple[int, ...]:
            steps.append(index)
            return after(segments, index, name)

        monkeypatch.setattr(patterns, "_after", counted)
        assert not matches("**/a/" * count + "b", "a/" * (2 * count) + "c")
        assert len(steps) <= (2 * count + 1) * (2 * count + 1)

    def test_of_brackets_that_are_not_closed(self) -> None:
        """Each of them is looked at once: looking for the end of each would take 5 * 10**9 steps."""
        assert matches("[" * 100_000, "[" * 100_000)
