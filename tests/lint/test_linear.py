"""Many findings in one file take time by their number: texts are read, and lines gone through, once for all of them.

The steps that grow with the text are counted; no time is measured.
"""

from collections.abc import Callable
from typing import Any

import pytest

from cnncalc.diagnostic import Diagnostic
from cnncalc.lint import fixing, removal
from cnncalc.lint.adopting import adopted
from cnncalc.lint.engine import CheckedSpec, check
from cnncalc.lint.fixing import fixed
from cnncalc.lint.written import WrittenText
from cnncalc.render import places
from cnncalc.render.formats import names
from cnncalc.spec import read_spec
from cnncalc.text import Source, comments, from_text
from tests.render._formats import render

NAME = "net.yaml"
HEAD = "cnncalc: 1\ninput: 32x32x3\n"


def checked(text: str) -> CheckedSpec:
    return check(read_spec(*from_text(text, NAME)))


class Counter:
    """Counts the calls of what it stands for."""

    def __init__(self, real: Callable[..., Any]) -> None:
        self.real, self.calls = real, 0

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        self.calls += 1
        return self.real(*arguments, **options)


def counted(monkeypatch: pytest.MonkeyPatch, place: object, name: str) -> Counter:
    counter = Counter(getattr(place, name))
    monkeypatch.setattr(place, name, counter)
    return counter


@pytest.mark.parametrize("one_line", [True, False])
@pytest.mark.parametrize("many", [50, 200])
def test_unused_allowances_have_the_text_read_once(
    monkeypatch: pytest.MonkeyPatch, many: int, one_line: bool
) -> None:
    read, looked = counted(monkeypatch, removal, "load"), counted(monkeypatch, removal, "comments")
    item = "{relu: {}, allow: {S001: because}}"
    layers = (
        "[" + ", ".join([item] * many) + "]" if one_line else "".join(f"\n  - {item}" for _ in range(many))
    )
    diagnostics = checked(f"{HEAD}layers: {layers}\n").found
    assert sum(diagnostic.code == "L101" for diagnostic in diagnostics) == many
    assert all(len(diagnostic.fixes) == 1 for diagnostic in diagnostics if diagnostic.code == "L101")
    assert (read.calls, looked.calls) == (1, 1)


class LongLine(str):
    """A line that counts how often it is gone through, whole or up to a place."""

    scans = 0

    def __getitem__(self, key: Any) -> str:
        part = super().__getitem__(key)
        LongLine.scans += len(part) > 1000
        return part

    def __iter__(self) -> Any:
        LongLine.scans += 1
        return super().__iter__()

    def split(self, *arguments: Any, **options: Any) -> list[str]:
        LongLine.scans += 1
        return super().split(*arguments, **options)


@pytest.mark.parametrize("format", names("findings"))
@pytest.mark.parametrize("sign", ["a", "\N{GRINNING FACE}"])
def test_a_long_line_is_not_read_for_each_finding(format: str, sign: str) -> None:
    """Columns in UTF-16, excerpts and fingerprints are of the line; eight findings in a line of a book are enough."""
    diagnostics, sources = long_line(sign)
    LongLine.scans = 0
    text = "".join(render(diagnostics, sources, format))
    assert text
    assert LongLine.scans <= 2


def long_line(sign: str) -> tuple[list[Diagnostic], dict[str, Source]]:
    item = f"{{conv: {{filters: 8, '{sign * 100}': 1}}}}"
    text = f"{HEAD}layers: [{', '.join([item] * 100)}]\n"
    spec = read_spec(*from_text(text, NAME))
    source = spec.sources[NAME]
    source.line(1)
    source._lines = [LongLine(line) for line in source._lines]
    diagnostics = list(check(spec).found)
    assert len(diagnostics) >= 100
    return diagnostics, dict(spec.sources)


def test_fingerprints_go_through_a_line_once_for_each_code(monkeypatch: pytest.MonkeyPatch) -> None:
    hashed = counted(monkeypatch, places, "_hashed")
    diagnostics, sources = long_line("a")
    words = places.fingerprints(diagnostics, sources)
    assert len(set(words)) == len(diagnostics)
    assert hashed.calls == len({diagnostic.code for diagnostic in diagnostics})


@pytest.mark.parametrize("many", [20, 80])
def test_fixes_that_go_together_are_tried_together(many: int) -> None:
    looks = Counter(lambda written: checked(written.text))
    text = f"{HEAD}layers:\n" + "  - relu6  # cnncalc: ignore[S999] why\n" * many
    result = fixed(WrittenText(text), NAME, looks, unsafe=False)
    assert len(result.mended) == many
    assert looks.calls == 2


def test_a_fix_that_fails_costs_the_others_few_tries(monkeypatch: pytest.MonkeyPatch) -> None:
    """By halves: for each of those that fail as many as the others can be halved."""
    text = f"{HEAD}layers:\n" + "  - relu6  # cnncalc: ignore[S999] why\n" * 64
    mends = fixing._mends

    def refusing(chosen: Any, before: Any, after: Any) -> bool:
        return all(choice.found.span.line != 30 for choice in chosen) and mends(chosen, before, after)

    monkeypatch.setattr(fixing, "_mends", refusing)
    looks = Counter(lambda written: checked(written.text))
    result = fixed(WrittenText(text), NAME, looks, unsafe=False)
    # All findings say the same, and one that is refused is refused for all that are left in that round.
    assert len(result.mended) >= 62
    assert looks.calls < 64


def test_large_texts_are_tried_few_times(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fixing, "_mends", lambda chosen, before, after: False)
    monkeypatch.setattr(fixing, "LOOKED", 1)
    looks = Counter(lambda written: checked(written.text))
    text = f"{HEAD}layers:\n" + "  - relu6  # cnncalc: ignore[S999] why\n" * 64
    assert fixed(WrittenText(text), NAME, looks, unsafe=False).mended == ()
    assert looks.calls <= fixing.FEWEST + 1


def test_new_comments_are_placed_with_the_text_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    words = counted(monkeypatch, comments, "_words")
    text = f"{HEAD}layers:\n" + "  - conv: {filters: 8, kernel: 4, stride: 3}\n" * 3
    source = from_text(text, NAME)[0]
    assert source is not None
    result = adopted(WrittenText(text), source, lambda written: checked(written.text), "")
    assert result.accepted >= 1
    # Once to know where a comment has room, and once for each text in which there are comments.
    assert words.calls <= 12


def test_a_spec_does_not_grow_beyond_what_is_read() -> None:
    """New comments that make a file too large to be read again are not written."""
    layer = "  - conv: {filters: 8, kernel: 2, stride: 3}\n"
    head = f"{HEAD}layers:\n{layer}"
    text = head + "#" * (1_048_576 - len(head) - 5) + "\n"
    source = from_text(text, NAME)[0]
    assert source is not None
    result = adopted(WrittenText(text), source, lambda written: checked(written.text), "a long reason")
    assert result.written.text == text
    assert result.accepted == 0
