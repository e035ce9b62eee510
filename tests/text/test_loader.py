"""The located tree: right places, one fault once, and the same from both parsers."""

from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cnncalc.diagnostic import Diagnostic, edited
from cnncalc.text import Mapping, Node, Scalar, Sequence, Source, from_text, load
from cnncalc.text.source import REPEATS
from tests._depth import DEEP, long_but
from tests._each import each
from tests._work import at_most

SPEC = """\
cnncalc: 1   # format
name: "VGG-16"
layers:
  - conv: {filters: 64, kernel: [3, 3]}
    name: first

  - concat:
    - [conv: 8, relu]
    - []
notes: |
  two
  lines

"""


def loaded(text: str, pure: bool = False) -> tuple[Node | None, tuple[Diagnostic, ...]]:
    source, diagnostics = from_text(text)
    assert source is not None
    root, more = load(source, pure=pure)
    return root, diagnostics + more


def plain(node: Node | None) -> object:
    """The tree as bare Python values."""
    match node:
        case Scalar():
            return node.value
        case Sequence():
            return [plain(item) for item in node]
        case Mapping():
            return {entry.name: plain(entry.value) for entry in node}
    return None


def located(node: Node | None) -> object:
    """The tree with every place, for comparing."""
    match node:
        case Scalar():
            return node.span, node.value, node.raw, node.plain
        case Sequence():
            return node.span, [located(item) for item in node]
        case Mapping():
            return node.span, [(located(entry.key), located(entry.value)) for entry in node]
    return None


def covered(text: str, node: Node) -> str:
    """The text that a one-line span covers."""
    _, line, column, end_line, end_column = node.span
    assert line == end_line
    return text.split("\n")[line - 1][column - 1 : end_column - 1]


@pytest.mark.parametrize("pure", [False, True])
def test_values_and_places(pure: bool) -> None:
    root, diagnostics = loaded(SPEC, pure)
    assert diagnostics == ()
    assert plain(root) == {
        "cnncalc": 1,
        "name": "VGG-16",
        "layers": [
            {"conv": {"filters": 64, "kernel": [3, 3]}, "name": "first"},
            {"concat": [[{"conv": 8}, "relu"], []]},
        ],
        "notes": "two\nlines\n",
    }
    assert isinstance(root, Mapping)
    assert root.span[1:] == (1, 1, 12, 8)
    layers, name = root.get("layers"), root.get("name")
    assert layers is not None
    assert name is not None
    assert covered(SPEC, name.value) == '"VGG-16"'
    assert layers.value.span[1:] == (4, 3, 9, 9)
    assert isinstance(layers.value, Sequence)
    first, second = layers.value.items
    assert first.span[1:] == (4, 5, 5, 16)
    assert isinstance(first, Mapping)
    assert covered(SPEC, first.entries[0].value) == "{filters: 64, kernel: [3, 3]}"
    assert isinstance(second, Mapping)
    branches = second.entries[0].value
    assert isinstance(branches, Sequence)
    assert [covered(SPEC, branch) for branch in branches] == ["[conv: 8, relu]", "[]"]
    assert isinstance(branches.items[0], Sequence)
    assert covered(SPEC, branches.items[0].items[0]) == "conv: 8"
    assert root.entries[3].value.span[1:] == (10, 8, 12, 8)


def test_a_part_of_a_scalar_has_a_place() -> None:
    root, _ = loaded("a: $width / 0\nb: '$width / 0'\nc: $width\n  / 0\n")
    assert isinstance(root, Mapping)
    assert [entry.value.at(7, 1)[1:3] for entry in root if isinstance(entry.value, Scalar)] == [
        (1, 11),
        (2, 12),
        (3, 4),
    ]


@each("pure", [False, True])
@each(
    ("text", "expected"),
    [
        ("", [("Y017", 1, 1)]),
        (" \n\n# no\n", [("Y017", 1, 1)]),
        ("---\n", [("Y017", 1, 1)]),
        ("a: &x 1\nb: *x\n", [("Y008", 1, 4), ("Y008", 2, 4)]),
        ("&a [*a]\n", [("Y008", 1, 1), ("Y008", 1, 5)]),
        ("a: !!python/object:os.system x\n", [("Y009", 1, 4)]),
        ("a: !b!c x\n", [("Y009", 1, 4)]),
        ("%YAML 1.1\n%TAG ! x\n---\na: 1\n", [("Y010", 1, 1), ("Y010", 2, 1)]),
        ("a: 1\n---\nb: 2\n---\nc: 3\n", [("Y011", 2, 1)]),
        ("a: 1\nb: 2\na: 3\na: 4\n", [("Y012", 3, 1), ("Y012", 4, 1)]),
        ('a: 1\n"a": 2\n', [("Y012", 2, 1)]),
        (
            "1: a\ntrue: b\n~: c\n1.5: d\n[e]: f\n? {g: h}\n: i\n",
            [("Y013", line, 1 + (line == 6) * 2) for line in range(1, 7)],
        ),
        ("yes: no\n", [("Y015", 1, 6)]),
        ("<<: {a: 1}\n", [("Y014", 1, 1)]),
        ("a: 1234567890123456789\n", [("Y016", 1, 4)]),
        ("a: [yes, &b c, !d e]\na: 1\n", [("Y015", 1, 5), ("Y008", 1, 10), ("Y009", 1, 16), ("Y012", 2, 1)]),
        ("a: [1\nb: 2\n", [("Y005", 2, 2)]),
        ("a: b: c\n", [("Y005", 1, 5)]),
        ("a: 'b\n", [("Y005", 1, 4)]),
        ("a: @b\n", [("Y005", 1, 4)]),
        ("a: 1\n b: 2\n", [("Y005", 2, 3)]),
        ("a:\n- 1\n -2: 3\n", [("Y005", 3, 4)]),
        ("[conv:]\n", [("Y005", 1, 6)]),
        ("a: 'it's'\n", [("Y005", 1, 8)]),
        ('a: "\\ud800"\n', [("Y005", 1, 4)]),
        ('a: "\\U00110000"\n', [("Y005", 1, 4)]),
        ('a: "\\UFFFFFFFF"\n', [("Y005", 1, 4)]),
        ('a: "\\q"\n', [("Y005", 1, 4)]),
        ('a: "\\x1b[31m"\n', [("Y003", 1, 4)]),
        ("a:\n\t- b\n\t- c\n", [("Y020", 2, 1)]),
    ],
)
def test_each_fault_is_reported_once_at_its_place(
    text: str, expected: list[tuple[str, int, int]], pure: bool
) -> None:
    _, diagnostics = loaded(text, pure)
    assert [(diagnostic.code, *diagnostic.span.start) for diagnostic in diagnostics] == expected


def test_a_duplicate_key_shows_both_places_and_keeps_the_first() -> None:
    root, (diagnostic,) = loaded("a: 1\nb: 2\na: 3\n")
    assert diagnostic.notes[0].span is not None
    assert diagnostic.notes[0].span.start == (1, 1)
    assert plain(root) == {"a": 1, "b": 2}


def test_an_open_bracket_is_shown_where_it_opens() -> None:
    _, (diagnostic,) = loaded("layers:\n  - conv: {filters: 8\n  - relu\n")
    assert diagnostic.notes[0].span is not None
    assert diagnostic.notes[0].span.start == (2, 11)


@pytest.mark.parametrize("text", ["a: *b\n", "<<: {}\n", "a: [\n", "a: 1e999\n"])
def test_there_is_no_tree_where_its_meaning_is_open(text: str) -> None:
    assert loaded(text)[0] is None


def test_there_is_a_tree_where_its_meaning_is_likely() -> None:
    assert plain(loaded("a: yes\nb: 010\nc: !d e\n1: f\n")[0]) == {"a": True, "b": 10, "c": "e"}


@pytest.mark.parametrize(
    "text",
    [
        "a: yes\n",
        "a: {b: 1_000}\n",
        "a: 2014-09-04\n",
        "3: a\n",
        "null: a\n",
        "a: [-0b11, 010, .nan]\n",
        "a:\n\t- b:\n\t\tc: 1\n",
        "%YAML 1.2\n---\na: 1\n",
        "a: \t# tab\n\tb: 1\n",
    ],
)
def test_every_fix_removes_its_fault(text: str) -> None:
    _, diagnostics = loaded(text)
    assert diagnostics
    for diagnostic in diagnostics:
        assert diagnostic.fixes
        for fix in diagnostic.fixes:
            left = loaded(edited(text, fix))[1]
            assert len(left) == len(diagnostics) - 1


@pytest.mark.parametrize("text", ["a:\tb\n", "a: [1,\t2]\t# c\n", "# \t\na: 1\n \t \nb: 2\n", "-\tb\n"])
def test_other_tabs_are_spaces(text: str) -> None:
    for pure in (False, True):
        assert loaded(text, pure)[1] == ()


# Repetitions in a text that is nothing else.
LONG = 500_000 if DEEP else 100_000


@pytest.mark.parametrize("pure", long_but((False,), (False, True)))
@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("[" * 100_000, {"Y006"}),
        ("{a: " * 100_000, {"Y006"}),
        ("- " * 100_000, {"Y006"}),
        ("a: &a [x, x]\n" + "".join(f"b{i}: &b{i} [*a, *a]\n" for i in range(2000)), {"Y008"}),
        ("a: " + "9" * 5000, {"Y016"}),
        ("a: -0x" + "9" * 5000, {"Y016"}),
        ("a: " + "9" * 5000 + ".0", {"Y016"}),
        ("'" + "a" * 900_000, {"Y005"}),
        ("%\n" * LONG + "a: 1", {"Y010"}),
        ("a:\n" + "\t" * LONG + "\n b: yes", {"Y015"}),
        (" " * LONG + "\ta: yes", {"Y020"}),
        ("\t- a\n" * (LONG // 4), {"Y020"}),
        ("[" + "&a x, " * (LONG // 10) + "]", {"Y008"}),
        ("{" + "a: , " * (LONG // 10) + "}", {"Y012"}),
        ("a:\n" * (LONG // 10), {"Y012"}),
    ],
)
def test_hostile_text_is_refused_quickly(text: str, codes: set[str], pure: bool) -> None:
    # In proportion to the text. The pure parser reads a character at a time.
    with at_most(len(text) * (200 if pure else 40)):
        _, diagnostics = loaded(text, pure)
    assert {diagnostic.code for diagnostic in diagnostics} == codes
    assert len(diagnostics) <= REPEATS


def test_what_is_not_reported_is_counted() -> None:
    _, diagnostics = loaded("[" + "*a, " * 100 + "]")
    assert diagnostics[-1].notes[0].text.startswith("and 90 more")


def test_depth_32_is_read() -> None:
    assert loaded("[" * 32 + "]" * 32)[1] == ()


def test_more_nodes_than_the_limit_are_refused() -> None:
    assert loaded("[" + "1," * 199_999 + "]")[1] == ()
    assert [diagnostic.code for diagnostic in loaded("[" + "1," * 200_000 + "]")[1]] == ["Y007"]


def test_zoo_specs_load_alike() -> None:
    for path in sorted((Path(__file__).parents[2] / "specs").glob("*.yaml")):
        source = Source(path.name, path.read_text())
        fast, pure = load(source), load(source, pure=True)
        assert fast[1] == pure[1] == ()
        assert located(fast[0]) == located(pure[0])


# Not here: `?` after a word in brackets, a colon against a bracket, an undefined tag handle before another fault. Both
# parsers refuse those, or differ in where they notice.
PIECES = [
    "a",
    "conv",
    "3",
    "yes",
    "010",
    ": ",
    "- ",
    "\n",
    "\n  ",
    "\n    ",
    "{",
    "}",
    "[",
    "]",
    ", ",
    "'",
    '"',
    "\\x07",
]
PIECES += [
    "\\ud800",
    "\\",
    "#",
    " # c",
    "\n  |\n   x",
    "> ",
    "&a ",
    "*a",
    "!t ",
    "!!int ",
    "%",
    "%YAML 1.2\n",
    "---\n",
]
PIECES += [
    "...\n",
    "<<: ",
    " ",
    "\t",
    "@",
    "`",
    "~",
    "é",
    "😀",
    "$in.channels / 2",
    "=",
    "|2",
    "|",
    "! ",
    "&",
    "*",
]


@settings(max_examples=500, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
@example("a?b: [c?d, 'e?']\n")
@example("|#\n")
def test_both_parsers_agree_on_pieces_of_yaml(text: str) -> None:
    fast, pure = loaded(text), loaded(text, pure=True)
    assert located(fast[0]) == located(pure[0])
    assert fast[1] == pure[1]


@settings(max_examples=200, deadline=None)
@given(st.integers(0, len(SPEC)), st.integers(0, 3), st.sampled_from([*PIECES, ""]))
def test_both_parsers_agree_on_a_spec_with_a_typing_error(place: int, removed: int, piece: str) -> None:
    text = SPEC[:place] + piece + SPEC[place + removed :]
    fast, pure = loaded(text), loaded(text, pure=True)
    assert located(fast[0]) == located(pure[0])
    assert fast[1] == pure[1]


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    source, diagnostics = from_text(text)
    assert source is not None
    fast, pure = load(source), load(source, pure=True)
    assert located(fast[0]) == located(pure[0])
    assert fast[0] is not None or fast[1] or diagnostics
