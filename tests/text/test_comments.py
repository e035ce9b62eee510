"""Comments are found where a YAML reader sees them, and nowhere else."""

from cnncalc.text import Source
from cnncalc.text.comments import comments, room_for_comments
from tests._each import each


def places(text: str, *, pure: bool = False) -> list[tuple[int, int, str, bool]]:
    source = Source("net.yaml", text)
    return [
        (comment.span.line, comment.span.column, comment.text, comment.alone)
        for comment in comments(source, "x", pure=pure)
    ]


@each("pure", [False, True])
@each(
    ("text", "expected"),
    [
        ("a: 1  # x\n", [(1, 7, "# x", False)]),
        ("# x\na: 1\n", [(1, 1, "# x", True)]),
        ("a: 1\n  # x", [(2, 3, "# x", True)]),
        ("a: 'b # x'  # x y\n", [(1, 13, "# x y", False)]),
        ('a: "b # x"\n', []),
        ('a: "b\n  # x\n  c"\n', []),
        ("a: b#x\n", []),
        ("a: |\n  # x\n", []),
        ("a: |  # x\n  b\n", [(1, 7, "# x", False)]),
        ("a: |\n  b\n# x\nc: 1\n", [(3, 1, "# x", True)]),
        ("a: >-\n  b # x\n\n  c\n", []),
        ("a: [b, # x\n  c]  # x\n", [(1, 8, "# x", False), (2, 7, "# x", False)]),
        ("a: b  # other # x\n", [(1, 7, "# other # x", False)]),
        ("a: é  # x\n", [(1, 7, "# x", False)]),
        ("a: b\n  c\n# x", [(3, 1, "# x", True)]),
        ("a:\tb\t# x\n", [(1, 6, "# x", False)]),
        ("a: [  # x\n", []),
        ("x: 1\n", []),
    ],
)
def test_are_what_is_between_words(text: str, expected: list[tuple[int, int, str, bool]], pure: bool) -> None:
    assert places(text, pure=pure) == expected


def test_of_every_kind_are_found_by_their_sign() -> None:
    text = "a: 'b # c'  # d\n# e\n"
    assert [comment.text for comment in comments(Source("net.yaml", text), "#")] == ["# d", "# e"]


def test_there_is_room_but_within_a_text_of_several_lines() -> None:
    source = Source("net.yaml", 'a: "b\n  c"\nd: |\n  e\n  f\ng: h\n  i\nj: 1')
    room = room_for_comments(source)
    assert [line for line in range(10) if room(line)] == [2, 3, 7, 8]
