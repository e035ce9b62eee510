"""What kind of mistake PyYAML's scanner or parser stopped at.

Its sentences are not read: they differ between its two parsers, and may change. The class of the exception, its two
marks and the characters at them say as much. `problem_mark` is where reading stopped; `context_mark` is where the text,
list or mapping starts that was being read.
"""

import re
from enum import Enum, auto

from yaml import MarkedYAMLError
from yaml.scanner import ScannerError


class SyntaxKind(Enum):
    """What is wrong, of everything that YAML's syntax forbids."""

    BAD_START = auto()
    COLON_BEFORE_BRACKET = auto()
    COLON_WITHOUT_KEY = auto()
    QUESTION_MARK = auto()
    DASH = auto()
    KEY_WITHOUT_COLON = auto()
    OPEN_QUOTE = auto()
    ESCAPE = auto()
    NO_NAME = auto()
    BLOCK_TEXT = auto()
    OPEN_LIST = auto()
    OPEN_MAPPING = auto()
    NOT_AN_ENTRY = auto()
    NOT_AN_ITEM = auto()
    NO_VALUE = auto()
    TAG_HANDLE = auto()
    BAD_TAG = auto()
    AFTER_THE_END = auto()
    OTHER = auto()


# Characters that nothing starts with; the last two only inside brackets.
_BAD_STARTS = ("@", "`", "%", "|", ">")
_SINGLE, _DOUBLE = r"'(?:[^']|'')*'", r'"(?:[^"\\]|\\.)*"'
_QUOTED = {"'": _SINGLE, '"': _DOUBLE}
# Quoted text and comments: brackets in them are text.
_NO_BRACKETS = rf"(?<![^\s\[\]{{}},:])(?:{_SINGLE}|{_DOUBLE})|(?<!\S)#[^\n]*"
# What may stand before a key on its line.
_BEFORE_KEY = r"\s*(?:[-?:]\s+)*"
_HANDLE = r"![\w-]+!"
# Tags and anchors, before a value that is missing.
_PROPERTIES = r"(?:[&!]\S*\s*)+"


def syntax_kind(error: MarkedYAMLError, text: str) -> SyntaxKind:
    """The kind of mistake in `text`, which PyYAML read with the same number of characters."""
    stopped = error.problem_mark or error.context_mark
    if stopped is None:
        return SyntaxKind.OTHER
    begun = None if error.context_mark is None else error.context_mark.index
    if isinstance(error, ScannerError):
        return _while_scanning(text, begun, stopped.index)
    return _while_parsing(text, begun, stopped.index)


def _while_scanning(text: str, begun: int | None, stopped: int) -> SyntaxKind:
    """The scanner reads words: `begun` is the start of the word, if it reads one."""
    here = text[stopped : stopped + 1]
    if here in _BAD_STARTS and begun in (None, stopped):
        return SyntaxKind.BAD_START
    if begun is None:
        signs = {":": SyntaxKind.COLON_WITHOUT_KEY, "?": SyntaxKind.QUESTION_MARK, "-": SyntaxKind.DASH}
        return signs.get(here, SyntaxKind.OTHER)
    first, word = text[begun : begun + 1], text[begun:stopped]
    if first in _QUOTED:
        return _in_quotes(text, begun, stopped)
    if first in ("|", ">"):
        return SyntaxKind.BLOCK_TEXT
    goes_on = here != "" and not here.isspace()
    if first in ("&", "*") and re.fullmatch(r"[&*][\w-]*", word) and (goes_on or len(word) == 1):
        return SyntaxKind.NO_NAME
    is_open = word.startswith("!<") and not word.endswith(">")
    if first == "!" and re.fullmatch(r"\S*", word) and (goes_on or is_open):
        return SyntaxKind.BAD_TAG
    # Outside of brackets a key that lacks its colon starts its line, and ends before this place.
    is_key = "\n" in word and _starts_line(text, begun)
    if here == ":" and text[stopped + 1 : stopped + 2] in tuple(",?[]{}") and not is_key:
        return SyntaxKind.COLON_BEFORE_BRACKET
    return SyntaxKind.KEY_WITHOUT_COLON


def _in_quotes(text: str, begun: int, stopped: int) -> SyntaxKind:
    closed = re.compile(_QUOTED[text[begun]], re.DOTALL).match(text, begun)
    if closed is not None and closed.end() <= stopped:
        return SyntaxKind.KEY_WITHOUT_COLON
    at_document = text[stopped : stopped + 3] in ("---", "...") and text[:stopped].endswith("\n")
    return SyntaxKind.OPEN_QUOTE if at_document or stopped >= len(text) else SyntaxKind.ESCAPE


def _while_parsing(text: str, begun: int | None, stopped: int) -> SyntaxKind:
    """The parser reads lists and mappings: `begun` is the start of the one that it reads."""
    if begun is None:
        return SyntaxKind.AFTER_THE_END
    inside = text[begun:stopped]
    at_value = begun == stopped or re.fullmatch(_PROPERTIES, inside) is not None
    handle = re.compile(_HANDLE)
    if handle.match(text, begun) or (at_value and handle.match(text, stopped)):
        return SyntaxKind.TAG_HANDLE
    if at_value:
        is_key = text[stopped : stopped + 1] == ":" and _starts_line(text, stopped)
        return SyntaxKind.NOT_AN_ENTRY if is_key else SyntaxKind.NO_VALUE
    if text[begun] in "[{" and (stopped >= len(text.rstrip()) or not _is_closed(inside)):
        return SyntaxKind.OPEN_LIST if text[begun] == "[" else SyntaxKind.OPEN_MAPPING
    is_list = re.compile(r"-(?:\s|$)").match(text, begun)
    return SyntaxKind.NOT_AN_ITEM if is_list else SyntaxKind.NOT_AN_ENTRY


def _starts_line(text: str, index: int) -> bool:
    """Whether nothing but spaces, dashes and the like stands before a place on its line."""
    return re.fullmatch(_BEFORE_KEY, text[text.rfind("\n", 0, index) + 1 : index]) is not None


def _is_closed(inside: str) -> bool:
    """Whether a list or mapping in brackets ends within a text that it starts."""
    bare = re.sub(_NO_BRACKETS, "", inside, flags=re.DOTALL)
    return sum(map(bare.count, "[{")) == sum(map(bare.count, "]}"))
