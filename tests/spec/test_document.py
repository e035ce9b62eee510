"""The top level of a document: its keys and its version."""

import pytest

import cnncalc
from cnncalc.diagnostic import edited
from tests._each import each


def places(text: str) -> list[tuple[str, int, int]]:
    """Code, line and column of every diagnostic."""
    return [(item.code, *item.span.start) for item in cnncalc.load(text).diagnostics]


def test_name_and_source() -> None:
    spec = cnncalc.load("cnncalc: 1\nname: Net 3\nsource: me, 2024\ninput: 8x8x3\nlayers: [relu]\n").spec
    assert (spec.name, spec.origin, spec.file) == ("Net 3", "me, 2024", "<text>")
    assert cnncalc.load("cnncalc: 1\nname:\ninput: 8x8x3\nlayers: [relu]\n").spec.name == ""


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("input: 8x8x3\nlayers: [relu]\n", ("L004", 1, 1)),
        ("cnncalc: 2\ninput: 8x8x3\nlayers: [relu]\n", ("L005", 1, 10)),
        ("cnncalc: '1'\ninput: 8x8x3\nlayers: [relu]\n", ("L005", 1, 10)),
        ("cnncalc: true\ninput: 8x8x3\nlayers: [relu]\n", ("L005", 1, 10)),
        ("cnncalc: [1]\ninput: 8x8x3\nlayers: [relu]\n", ("L005", 1, 10)),
        ("cnncalc: 1\nlayers: [relu]\n", ("L004", 1, 1)),
        ("cnncalc: 1\ninput: 8x8x3\n", ("L004", 1, 1)),
        ("cnncalc: 1\ninput: 8x8x3\nlayers: []\n", ("L004", 3, 1)),
        ("cnncalc: 1\ninput: 8x8x3\nlayers:\n", ("L004", 3, 1)),
        ("cnncalc: 1\ninput: 8x8x3\nlayers: relu\n", ("L003", 3, 9)),
        ("cnncalc: 1\ninput: 8x8x3\nlayers: {conv: 3}\n", ("L003", 3, 10)),
        ("cnncalc: 1\ninput: 8x8x3\nlayer: [relu]\nlayers: [relu]\n", ("L001", 3, 1)),
        ("cnncalc: 1\nname: [a]\ninput: 8x8x3\nlayers: [relu]\n", ("L003", 2, 7)),
        ("cnncalc: 1\nsource: {a: b}\ninput: 8x8x3\nlayers: [relu]\n", ("L003", 2, 9)),
        ("cnncalc: 1\ninput: 8x8x3\ndefaults: [relu]\nlayers: [relu]\n", ("L003", 3, 11)),
        ("cnncalc: 1\ninput: 8x8x3\nblocks: [relu]\nlayers: [relu]\n", ("L003", 3, 9)),
        ("cnncalc: 1\ninput: 8x8x3\nparams: [relu]\nlayers: [relu]\n", ("L003", 3, 9)),
        ("- relu\n", ("L003", 1, 1)),
        ("relu\nrelu\n", ("L003", 1, 1)),
    ],
)
def test_faults_of_the_top_level(text: str, fault: tuple[str, int, int]) -> None:
    assert places(text) == [fault]


NET = "{input: 8x8x3, layers: [relu]}\n"
BLOCK = "input: 8x8x3\nlayers: [relu]\n"


@each(
    ("text", "after"),
    [
        (BLOCK, f"cnncalc: 1\n{BLOCK}"),
        (f"# {{\n\n{BLOCK}", f"# {{\n\ncnncalc: 1\n{BLOCK}"),
        (f"---\n{BLOCK}", f"---\ncnncalc: 1\n{BLOCK}"),
        ("  input: 8x8x3\n  layers: [relu]\n", "  cnncalc: 1\n  input: 8x8x3\n  layers: [relu]\n"),
        (NET, "{cnncalc: 1, input: 8x8x3, layers: [relu]}\n"),
        (f"--- {NET[:-1]} # }}\n", "--- {cnncalc: 1, input: 8x8x3, layers: [relu]} # }\n"),
        (
            "{ # all\n input: 8x8x3,\n layers: [relu]}\n",
            "{cnncalc: 1,  # all\n input: 8x8x3,\n layers: [relu]}\n",
        ),
        ("{}\n", "{cnncalc: 1, }\n"),
        # The root is in block style, and its first key is a mapping or a list.
        (f"{{cnncalc: 1, a: 1}}: x\n{BLOCK}", f"cnncalc: 1\n{{cnncalc: 1, a: 1}}: x\n{BLOCK}"),
        ("{a: 1}: {b: 2}\n", "cnncalc: 1\n{a: 1}: {b: 2}\n"),
        (f"? {{a: 1}}\n: x\n{BLOCK}", f"cnncalc: 1\n? {{a: 1}}\n: x\n{BLOCK}"),
        (f"[a]: x\n{BLOCK}", f"cnncalc: 1\n[a]: x\n{BLOCK}"),
        # Tags and anchors are before the root, or before its first key.
        (f"!!map {NET}", "!!map {cnncalc: 1, input: 8x8x3, layers: [relu]}\n"),
        (f"--- # {{\n!x # {{\n  {NET}", "--- # {\n!x # {\n  {cnncalc: 1, input: 8x8x3, layers: [relu]}\n"),
        (f"--- !!map\n{BLOCK}", f"--- !!map\ncnncalc: 1\n{BLOCK}"),
        (f"!!str {BLOCK}", f"cnncalc: 1\n!!str {BLOCK}"),
        (f"!!map\n!!str {BLOCK}", f"!!map\ncnncalc: 1\n!!str {BLOCK}"),
        (f"!!map {{a: 1}}: x\n{BLOCK}", f"cnncalc: 1\n!!map {{a: 1}}: x\n{BLOCK}"),
    ],
)
def test_the_version_is_put_first_in_the_style_of_the_root(text: str, after: str) -> None:
    missing = "this is not a spec yet"
    (report,) = [item for item in cnncalc.load(text).diagnostics if item.message.startswith(missing)]
    assert edited(text, report.fixes[0]) == after
    left = cnncalc.load(after).diagnostics
    assert not [item for item in left if item.message.startswith(missing) or item.code == "Y005"]


@each("data", [{}, {"input": "8x8x3", "layers": ["relu"]}])
def test_the_version_is_put_first_in_the_text_of_a_dict(data: dict[str, object]) -> None:
    graph = cnncalc.load(data)
    (report,) = [item for item in graph.diagnostics if item.message.startswith("this is not a spec yet")]
    after = cnncalc.load(edited(graph.sources["<dict>"].text, report.fixes[0]))
    assert not [item for item in after.diagnostics if item.code != "L004" or "format version" in item.message]
