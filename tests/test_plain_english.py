"""Words that readers stumble over do not come back: in messages, docs, docstrings, comments and names.

To add a room, add one line to `PROSE` (text for people) or `CODE` (names of variables).
"""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

# Old, poetic or unusual phrases, each with a plain one.
PHRASES = {
    r"told": "reported, printed, given",
    r"behind (a|an|the|it|them)\b": "after",
    r"parted|parts the": "split, number of groups",
    r"let be": "not reported",
    r"mend(s|ed|ing)?": "fix",
    r"in vain": "not found",
    r"as the course has it": "in the course's convention",
    r"hangs? on": "depends on",
    r"(says?|states?) of itself": "its description",
    r"whence|thereof|whereof|wherein": "from which",
    r"speaks? of": "is about",
    r"(?<!there )(is|are) no (number|name|code|page|file|spec|multiple|list|product)": "is not a",
    r"(lets?|let) through": "passes on",
    r"an axis each|a channel each": "for each axis",
    r"at hand": "available",
    r"asks? (in vain|every)": "reads",
    r"held against": "compared with",
    r"opinions?": "evidence",
    r"hands? (it|them|its input|their input) on": "returns, passes on",
    r"so many": "a number of, or the name of the argument",
    r"says? nothing of": "is not a setting of, does not mention",
    r"leaves? open (whether|what)": "does not say",
    r"comes? out with": "gives",
    r"(for|takes? for) granted": "assumes",
}
FORBIDDEN = re.compile(rf"\b({'|'.join(PHRASES)})\b", re.IGNORECASE)

# Names that do not say what a variable holds.
NAMES = frozenset({"told", "one", "found", "at", "made", "parted", "mended"})
# Methods that are read together with their argument: `fault.at(place)`.
METHODS = frozenset({"at"})

# Files with text for people; the last one is that of a Makefile.
TEXTS = (".py", ".md", ".yaml", ".yml", "")
PROSE = (
    "cnncalc",
    ".github",
    "benchmarks",
    "docs",
    "specs",
    "tests",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "Makefile",
    "README.md",
    "SECURITY.md",
    "action.yml",
)
CODE = ("cnncalc", "benchmarks", "docs", "tests")


def files(room: str, *suffixes: str) -> list[Path]:
    """The files of a room with one of these suffixes."""
    paths = sorted((ROOT / room).rglob("*")) or [ROOT / room]
    return [path for path in paths if path.is_file() and path != Path(__file__) and path.suffix in suffixes]


def prose(path: Path, text: str) -> Iterator[tuple[int, str]]:
    """The lines that people read: of Python the comments and strings, of a page all but what commands print."""
    if path.suffix != ".py":
        printed = False
        for number, line in enumerate(text.splitlines(), 1):
            printed ^= line.startswith("```")
            if not printed:
                yield number, line
        return
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type in (tokenize.COMMENT, tokenize.STRING, getattr(tokenize, "FSTRING_MIDDLE", -1)):
            yield token.start[0], token.string


def phrases(path: Path, text: str) -> list[str]:
    """Each forbidden phrase with its line."""
    # Most texts have none, and need not be taken apart.
    if not FORBIDDEN.search(text):
        return []
    return [
        f"line {number}: {match[0]}"
        for number, line in prose(path, text)
        for match in FORBIDDEN.finditer(line)
    ]


def names(text: str) -> list[str]:
    """Each variable, argument, function and class with a forbidden name, with its line."""
    bound = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            bound.append((node.lineno, node.id))
        elif isinstance(node, ast.arg):
            bound.append((node.lineno, node.arg))
        elif isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name not in METHODS:
            bound.append((node.lineno, node.name))
    return [f"line {line}: {name}" for line, name in bound if name.lstrip("_") in NAMES]


@pytest.mark.parametrize("room", PROSE)
def test_phrases(room: str) -> None:
    wrong = {
        str(path.relative_to(ROOT)): lines
        for path in files(room, *TEXTS)
        if (lines := phrases(path, path.read_text(encoding="utf-8")))
    }
    assert not wrong, "write it in short, common words"


@pytest.mark.parametrize("room", CODE)
def test_names(room: str) -> None:
    wrong = {
        str(path.relative_to(ROOT)): lines
        for path in files(room, ".py")
        if (lines := names(path.read_text(encoding="utf-8")))
    }
    assert not wrong, "name a variable for what it holds"


def test_every_room_is_there() -> None:
    assert [room for room in {*PROSE, *CODE} if not (ROOT / room).exists()] == []


@pytest.mark.parametrize(
    "planted",
    ["# 5 layers are not checked, behind a fault", '"""What mends it."""', 'help = f"{name} hangs on it"'],
)
def test_finds_a_phrase_in_code(planted: str) -> None:
    assert phrases(Path("planted.py"), planted)


def test_finds_a_phrase_on_a_page_but_not_in_what_a_command_prints() -> None:
    text = "It is let be.\n\n```console\n$ cnncalc validate\nbehind a fault\n```\n"
    assert phrases(Path("planted.md"), text) == ["line 1: let be"]


@pytest.mark.parametrize(
    "planted", ["found = 1", "for at in lines:\n    pass", "def told(): pass", "lambda one: one"]
)
def test_finds_a_name(planted: str) -> None:
    assert names(planted)


def test_a_name_of_something_else_passes() -> None:
    assert names("index = made_up.found\ncall(told=1)") == []
