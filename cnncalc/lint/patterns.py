"""Patterns of files, as ignore files of version control write them."""

import re
from functools import cache

_PARTS = re.compile(r"\*\*/|\*\*|\*|\?|\[!?\]?[^\]/]*\]|[^*?\[]+|\[")


def matches(pattern: str, path: str) -> bool:
    """Whether a path (with `/`, from the folder of the configuration) is what a pattern means, or is below it.

    `*` and `?` stay within a name and `**` goes through folders. A pattern without `/` is looked for at every depth.
    """
    return _compiled(pattern).fullmatch(path) is not None


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    bare = pattern.removeprefix("./").rstrip("/")
    anchored = "/" in bare
    body = "".join(_translated(part) for part in _PARTS.findall(bare.removeprefix("/")))
    return re.compile(("" if anchored else "(?:.*/)?") + body + "(?:/.*)?", re.DOTALL)


def _translated(part: str) -> str:
    match part:
        case "**/":
            return "(?:.*/)?"
        case "**":
            return ".*"
        case "*":
            return "[^/]*"
        case "?":
            return "[^/]"
    if part[0] == "[" and len(part) > 2:
        inside = part[1:-1].replace("\\", "\\\\").replace("[", "\\[")
        return f"(?!/)[{'^' + inside[1:] if inside[0] == '!' else inside}]"
    return re.escape(part)
