"""Where things stand in a TOML text: the standard library's reader keeps no places."""

import re
import tomllib
from typing import Any, NamedTuple

_HEAD = re.compile(r"\s*\[{1,2}[^=]*\]{1,2}\s*(?:#.*)?")
_KEY = re.compile(
    r"""\s*((?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*'))*)\s*="""
)
_SAID = re.compile(r"(.*) \(at line (\d+), column (\d+)\)")

Path = tuple[str | int, ...]


class Problem(NamedTuple):
    """What is wrong with a configuration, in which file, and in which line where that can be told."""

    file: str
    line: int | None
    message: str
    help: str | None = None

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{place}: {self.message}" + (f"; {self.help}" if self.help else "")


def parsed(text: str, file: str) -> dict[str, Any] | Problem:
    """What a text says, or why it is no TOML."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        said = _SAID.fullmatch(str(error))
        message, line = (said[1], int(said[2])) if said else (str(error), text.count("\n") + 1)
        return Problem(file, line, f"this is not TOML: {message[0].lower()}{message[1:]}")
    except RecursionError:
        return Problem(file, None, "this is nested too deep")


def line_of(text: str, path: Path) -> int | None:
    """The line of a key, or of an item of its list: of the part of the path that can be found in the text."""
    lines = text.splitlines()
    best, line = 0, None
    for number, written in _keys(lines):
        common = len(written)
        if common > best and path[:common] == written:
            best, line = common, number
    if line is None:
        return None
    # What stands within a value: the words of the rest of the path, one behind the other.
    for word in path[best:]:
        if isinstance(word, str):
            line = next((at for at in range(line, len(lines) + 1) if word in lines[at - 1]), line)
    return line


def _keys(lines: list[str]) -> list[tuple[int, Path]]:
    """Every line that names a table or a key, with its whole path."""
    found: list[tuple[int, Path]] = []
    table: Path = ()
    for number, line in enumerate(lines, 1):
        if _HEAD.fullmatch(line):
            table = _path(line)
            found.append((number, table))
        elif key := _KEY.match(line):
            found.append((number, table + _path(f"{key[1]} = 0")))
    return found


def _path(line: str) -> Path:
    """The keys of a header, or of a statement, one in the other."""
    try:
        told: Any = tomllib.loads(line)
    except tomllib.TOMLDecodeError:
        return ()
    path: list[str] = []
    while (isinstance(told, dict) and told) or isinstance(told, list):
        if isinstance(told, list):
            told = told[0]
        else:
            ((key, told),) = told.items()
            path.append(key)
    return tuple(path)
