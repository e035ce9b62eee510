"""Where things stand in a TOML text.

This stays own code: `tomllib` keeps no places, nor does tomlkit (0.15), whose items know their text and not their line.
"""

import re
import tomllib
from functools import cached_property
from typing import Any

from cnncalc.record import NamedTuple

_HEAD = re.compile(r"\s*\[{1,2}[^=]*\]{1,2}\s*(?:#.*)?")
_KEY = re.compile(
    r"""\s*((?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*'))*)\s*="""
)
_SAID = re.compile(r"(.*) \(at line (\d+), column (\d+)\)")
# Words of a key, joined by dots, at most: the reader takes time by their square, and nobody needs ten.
WORDS = 32
_LONG_KEY = re.compile(
    r"""(?<![A-Za-z0-9_-])(?:(?:[A-Za-z0-9_-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){32}"""
)

Path = tuple[str | int, ...]


class TomlProblem(NamedTuple):
    """What is wrong with a configuration, in which file, and in which line where that can be told."""

    file: str
    line: int | None
    message: str
    help: str | None = None

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{place}: {self.message}" + (f"; {self.help}" if self.help else "")


def parsed(text: str, file: str) -> dict[str, Any] | TomlProblem:
    """What a text says, or why it is no TOML."""
    if (long := _LONG_KEY.search(text)) is not None:
        line = text.count("\n", 0, long.start()) + 1
        return TomlProblem(file, line, f"a key of more than {WORDS} words is not read")
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        said = _SAID.fullmatch(str(error))
        message, at = (said[1], int(said[2])) if said else (str(error), text.count("\n") + 1)
        return TomlProblem(file, at, f"this is not TOML: {message[:1].lower()}{message[1:]}")
    except RecursionError as error:
        return TomlProblem(file, _line_reached(error), "this is nested too deep")
    except ValueError as error:
        # What Python itself refuses: an integer of thousands of digits.
        return TomlProblem(file, _line_reached(error), "this number has too many digits")


def _line_reached(error: Exception) -> int | None:
    """Where the reader was when it gave up. Its frames know, and nothing else does."""
    trace, line = error.__traceback__, None
    while trace is not None:
        known = trace.tb_frame.f_locals
        if trace.tb_frame.f_globals.get("__name__", "").startswith("tomllib"):
            text, place = known.get("src"), known.get("pos")
            if isinstance(text, str) and isinstance(place, int):
                line = text.count("\n", 0, place) + 1
        trace = trace.tb_next
    return line


class Places:
    """The lines of a text, and of each that names a table or a key its whole path."""

    def __init__(self, text: str) -> None:
        self._text = text

    @cached_property
    def lines(self) -> list[str]:
        return self._text.split("\n")

    @cached_property
    def first(self) -> dict[Path, int]:
        """By path, the first line that names it, or something in it."""
        found: dict[Path, int] = {}
        table: Path = ()
        for number, line in enumerate(self.lines, 1):
            if _HEAD.fullmatch(line):
                path = table = _path(line)
            elif key := _KEY.match(line):
                path = table + _path(f"{key[1]} = 0")
            else:
                continue
            for length in range(1, len(path) + 1):
                found.setdefault(path[:length], number)
        return found

    def line_of(self, path: Path) -> int | None:
        """The line of a key, or of an item of its list: of the part of the path that can be found in the text."""
        known = next((length for length in range(len(path), 0, -1) if path[:length] in self.first), 0)
        if not known:
            return None
        line = self.first[path[:known]]
        # What stands within a value: the words of the rest of the path, one behind the other.
        for word in path[known:]:
            if isinstance(word, str):
                line = next(
                    (at for at in range(line, len(self.lines) + 1) if word in self.lines[at - 1]), line
                )
        return line


def _path(line: str) -> Path:
    """The keys of a header, or of a statement, one in the other."""
    try:
        told: Any = tomllib.loads(line)
    except (ValueError, RecursionError):
        return ()
    path: list[str] = []
    while (isinstance(told, dict) and told) or isinstance(told, list):
        if isinstance(told, list):
            told = told[0]
        else:
            ((key, told),) = told.items()
            path.append(key)
    return tuple(path)
