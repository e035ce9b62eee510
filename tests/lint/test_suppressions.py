"""Unused suppressions are reported, used ones are not, and the fixes remove the unused ones."""

import pytest

from cnncalc.diagnostic import Diagnostic, edited
from cnncalc.lint.engine import Options, check
from cnncalc.lint.settings import Settings
from cnncalc.rules import Choice, Selection
from cnncalc.spec import read_spec
from cnncalc.text import from_text

HEAD = "cnncalc: 1\ninput: 32x32x3\n"
FITS = "  - conv: {filters: 8, kernel: 4, stride: 4, act: relu}"
LOSES = "  - conv: {filters: 8, kernel: 4, stride: 3, act: relu}"
OWN = Settings(Selection((Choice(("L1", "S", "G")),)))


def diagnostics(text: str, settings: Settings = OWN, options: Options = Options()) -> list[Diagnostic]:  # noqa: B008
    return list(check(read_spec(*from_text(text)), settings, options).found)


def lines(text: str, settings: Settings = OWN, options: Options = Options()) -> list[tuple[str, int]]:  # noqa: B008
    """Code and line of every diagnostic."""
    return [(item.code, item.span.line) for item in diagnostics(text, settings, options)]


@pytest.mark.parametrize(
    "layers",
    [
        f"{LOSES}  # cnncalc: ignore[S001]\n",
        f"{LOSES}\n    allow: {{S001: as published}}\n",
        # One within a structure that is allowed what its layers do.
        f"  - sequence:\n    {LOSES}\n    allow: {{S001: as published}}\n",
    ],
)
def test_a_needed_suppression_is_not_reported(layers: str) -> None:
    assert lines(f"{HEAD}layers:\n{layers}") == []


@pytest.mark.parametrize(
    ("layers", "corrected"),
    [
        (f"{FITS}  # cnncalc: ignore[S001] old\n", f"{FITS}\n"),
        (f"{FITS}  # 4x4  # cnncalc: ignore[S001]\n", f"{FITS}  # 4x4\n"),
        (f"{FITS}  # cnncalc: ignore[S001] old  # noqa\n", f"{FITS}  # noqa\n"),
        (f"  # cnncalc: ignore[S001]\n{FITS}\n", f"{FITS}\n"),
        (f"{LOSES}  # cnncalc: ignore[S001, S003] old\n", f"{LOSES}  # cnncalc: ignore[S001] old\n"),
        (f"{LOSES}  # cnncalc: ignore[S003, S001] old\n", f"{LOSES}  # cnncalc: ignore[S001] old\n"),
        (f"{LOSES}  # cnncalc: ignore[S001, S001]\n", f"{LOSES}  # cnncalc: ignore[S001]\n"),
        (f"{FITS}\n    allow: {{S001: old}}\n", f"{FITS}\n"),
        (f"{FITS}\n    allow:\n      S001: old\n    name: a\n", f"{FITS}\n    name: a\n"),
        (f"{LOSES}\n    allow: {{S001: old, S003: x}}\n", f"{LOSES}\n    allow: {{S001: old}}\n"),
        (f"{LOSES}\n    allow: {{S003: x, S001: old}}\n", f"{LOSES}\n    allow: {{S001: old}}\n"),
        (f"{LOSES}\n    allow:\n      S003: x\n      S001: old\n", f"{LOSES}\n    allow:\n      S001: old\n"),
        ("  - allow: {S001: old}\n    conv: 3\n", "  - conv: 3\n"),
        ("  - {conv: 3, allow: {S001: old}, name: a}\n", "  - {conv: 3, name: a}\n"),
        ("  - {conv: 3, allow: {S001: old}}\n", "  - {conv: 3}\n"),
        (f"{FITS}  # cnncalc: ignore[S999]\n", f"{FITS}\n"),
        (f"{FITS}\n    allow: {{S999: old}}\n", f"{FITS}\n"),
        (f"{FITS}  # cnncalc: ignore\n", f"{FITS}\n"),
    ],
)
def test_an_unused_suppression_is_reported_and_removed(layers: str, corrected: str) -> None:
    text = f"{HEAD}layers:\n{layers}"
    (item,) = diagnostics(text)
    assert item.code in ("L101", "L102", "L103")
    (fix,) = item.fixes
    assert fix.safe
    assert edited(text, fix) == f"{HEAD}layers:\n{corrected}"
    assert lines(edited(text, fix)) == []


def test_one_with_a_comment_beside_it_has_no_safe_fix() -> None:
    (item,) = diagnostics(f"{HEAD}layers:\n{FITS}\n    allow: {{S001: old}}  # why\n")
    (fix,) = item.fixes
    assert not fix.safe


def test_both_modes_count() -> None:
    text = (
        f"{HEAD}layers:\n{LOSES}  # cnncalc: ignore[S001]\n    only: training\n"
        "  - maxpool: {kernel: 3, stride: 2}  # cnncalc: ignore[S001]\n    only: inference\n"
    )
    assert lines(text) == []


def test_what_one_mode_alone_shows_counts() -> None:
    """Dropout in place matters in training; without `only` the other mode is looked at for this alone."""
    text = (
        "cnncalc: 1\ninput: 8x8x3\nlayers:\n  - conv: {filters: 3, kernel: 3, padding: 1}\n    name: stem\n"
        "  - dropout: {p: 0.5, inplace: true}  # cnncalc: ignore[G003]\n  - add: [prev, stem]\n"
    )
    assert lines(text) == []
    assert lines(text, options=Options(mode="training")) == []


KNOB = f"{HEAD}params: {{k: 4}}\nlayers:\n{FITS.replace('4, act', '$k, act')}"


@pytest.mark.parametrize(
    ("text", "options"),
    [
        # After an error not everything is checked.
        (f"{HEAD}layers:\n{FITS}  # cnncalc: ignore[S001]\n  - nothing\n", Options()),
        # Layers that are not in the network have no findings to accept.
        (f"{HEAD}layers:\n  - tanh\n  - conv: 3  # cnncalc: ignore[S001]\n    when: false\n", Options()),
        (f"{HEAD}layers:\n  - tanh\n  - conv: 3\n    repeat: 0\n    allow: {{S001: old}}\n", Options()),
        # The same for layers that the spec's own values do not give,
        (f"{KNOB}  # cnncalc: ignore[S001]\n", Options(values={"k": 4})),
        # and for codes that are not checked, here or by `validate`.
        (f"{HEAD}layers:\n{FITS}  # cnncalc: ignore[D001, C001, T001]\n", Options()),
    ],
)
def test_what_cannot_be_known_is_not_reported(text: str, options: Options) -> None:
    assert not [code for code, _ in lines(text, options=options) if code == "L101"]


def test_blocks_that_are_used_once_are_checked() -> None:
    text = f"{HEAD}blocks:\n  unit:\n    layers:\n    {FITS}  # cnncalc: ignore[S001]\nlayers: [unit]\n"
    assert lines(text) == [("L101", 6)]


class TestWithoutCodes:
    def test_says_what_to_write(self) -> None:
        text = f"{HEAD}layers:\n{LOSES}  # cnncalc: ignore[] old\n"
        (item,) = [item for item in diagnostics(text) if item.code == "L103"]
        (fix,) = item.fixes
        assert not fix.safe
        assert edited(text, fix) == f"{HEAD}layers:\n{LOSES}  # cnncalc: ignore[S001] old\n"

    def test_of_a_file_too(self) -> None:
        text = f"# cnncalc: ignore-file\n{HEAD}layers:\n{LOSES}\n"
        (item,) = [item for item in diagnostics(text) if item.code == "L103"]
        assert edited(text, item.fixes[0]).startswith("# cnncalc: ignore-file[S001]\n")


def test_one_for_the_file_is_moved_to_the_top() -> None:
    text = f"{HEAD}layers:\n{LOSES}  # cnncalc: ignore-file[S001] old\n"
    (item,) = [item for item in diagnostics(text) if item.code == "L104"]
    corrected = edited(text, item.fixes[0])
    assert corrected == f"# cnncalc: ignore-file[S001] old\n{HEAD}layers:\n{LOSES}\n"
    assert lines(corrected) == []


def test_they_can_be_accepted_themselves() -> None:
    assert lines(f"{HEAD}layers:\n{FITS}  # cnncalc: ignore[S001, L101] for a while\n") == []
    assert lines(f"# cnncalc: ignore-file[L101]\n{HEAD}layers:\n{FITS}  # cnncalc: ignore[S001]\n") == []
    assert (
        lines(
            f"{HEAD}layers:\n{FITS}  # cnncalc: ignore[S001]\n",
            Settings(Selection((Choice(ignore=("L1",)),))),
        )
        == []
    )
