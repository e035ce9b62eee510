"""The lines of keys in a TOML text.

This stays own code: `tomllib` keeps no places, and neither does tomlkit (0.15): its items have no line.
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
# The most words of a key, joined by dots: the reader needs time by their square, and nobody needs ten.
WORDS = 32
_LONG_KEY = re.compile(
    r"""(?<![A-Za-z0-9_-])(?:(?:[A-Za-z0-9_-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){32}"""
)

Path = tuple[str | int, ...]


class TomlProblem(NamedTuple):
    """An error in a configuration, with its file, and its line if that is known."""

    file: str
    line: int | None
    message: str
    help: str | None = None

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{place}: {self.message}" + (f"; {self.help}" if self.help else "")


def parsed(text: str, file: str) -> dict[str, Any] | TomlProblem:
    """The content of a text, or why it is not TOML."""
    if (long := _LONG_KEY.search(text)) is not None:
        line = text.count("\n", 0, long.start()) + 1
        return TomlProblem(file, line, f"a key has more than {WORDS} words")
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        said = _SAID.fullmatch(str(error))
        message, line = (said[1], int(said[2])) if said else (str(error), text.count("\n") + 1)
        return TomlProblem(file, line, f"this is not TOML: {message[:1].lower()}{message[1:]}")
    except RecursionError as error:
        return TomlProblem(file, _line_reached(error), "this is nested too deep")
    except ValueError as error:
        # An error of Python itself: an integer with thousands of digits.
        return TomlProblem(file, _line_reached(error), "this number has too many digits")


def _line_reached(error: Exception) -> int | None:
    """The line where the reader failed. Only its frames have it."""
    trace, line = error.__traceback__, None
    while trace is not None:
        known = trace.tb_frame.f_locals
        if trace.tb_frame.f_globals.get("__name__", "").startswith("tomllib"):
            text, place = known.get("src"), known.get("pos")
            if isinstance(text, str) and isinstance(place, int):
                line = text.count("\n", 0, place) + 1
        trace = trace.tb_next
    return line


class TomlPlaces:
    """The lines of a text, and the full path of each line with a table or a key."""

    def __init__(self, text: str) -> None:
        self._text = text

    @cached_property
    def lines(self) -> list[str]:
        return self._text.split("\n")

    @cached_property
    def first(self) -> dict[Path, int]:
        """For each path, the first line that has it, or something in it."""
        lines: dict[Path, int] = {}
        table: Path = ()
        for number, line in enumerate(self.lines, 1):
            if _HEAD.fullmatch(line):
                path = table = _path(line)
            elif key := _KEY.match(line):
                path = table + _path(f"{key[1]} = 0")
            else:
                continue
            for length in range(1, len(path) + 1):
                lines.setdefault(path[:length], number)
        return lines

    def line_of(self, path: Path) -> int | None:
        """The line of a key, or of an item of its list, as far as the path can be found in the text."""
        known = next((length for length in range(len(path), 0, -1) if path[:length] in self.first), 0)
        if not known:
            return None
        line = self.first[path[:known]]
        # Inside a value: the words of the rest of the path, one after another.
        for word in path[known:]:
            if isinstance(word, str):
                line = next(
                    (number for number in range(line, len(self.lines) + 1) if word in self.lines[number - 1]),
                    line,
                )
        return line


def _path(line: str) -> Path:
    """The keys of a header, or of a statement, from the outermost to the innermost."""
    try:
        value: Any = tomllib.loads(line)
    except (ValueError, RecursionError):
        return ()
    path: list[str] = []
    while (isinstance(value, dict) and value) or isinstance(value, list):
        if isinstance(value, list):
            value = value[0]
        else:
            ((key, value),) = value.items()
            path.append(key)
    return tuple(path)
