"""Whether a text is a pattern. It imports nothing that takes long: every spec that is read asks."""

import re

ARROW = "(?:-+>|=+>|[\u2192\u21d2\u27f6\u27f9])"
# The first line that says something, as a pattern begins: a word after any brackets.
_START = re.compile(
    r"(?:[ \t]*(?:\#[^\n]*)?\n)*[ \t]*(?P<open>[\[(][\[( \t]*)?(?P<word>[A-Za-z_][\w.]*)(?P<after>[^\n]*)"
)
# What follows the first word in YAML: the colon of a key, the comma of a list.
_YAML = re.compile(r"[ \t]*(?::(?:\s|$)|,)")
_ARROWS = re.compile(ARROW)
# A first line without an arrow that dashes, brackets or signs make a pattern.
_SIGNS = re.compile(r"[\])*?]|(?<=\w)[ \t]*[-\u2013\u2014][ \t]*[\[(A-Za-z]")
_FILE = re.compile(r"\.ya?ml\s*$", re.IGNORECASE)


def is_pattern(text: str) -> bool:
    """Whether a text is a pattern and no YAML: its first line has an arrow, or begins with a layer's word."""
    found = _START.match(text)
    if found is None:
        # An arrow, a star or a closing bracket in front: a pattern that lacks its beginning.
        first = text.lstrip()
        return bool(_ARROWS.match(first)) or (first[:1] in ("*", "]", ")") and bool(_ARROWS.search(first)))
    if _YAML.match(found["after"]):
        return False
    if _ARROWS.search(found["after"]):
        return True
    signs = found["open"] is not None or _SIGNS.search(found["word"] + found["after"]) is not None
    rest = text[found.end() :].lstrip()
    return (signs or not rest or _ARROWS.match(rest) is not None) and _is_layer(found["word"])


def means_pattern(reference: str) -> bool:
    """Whether an argument that is no file and no shipped name is a pattern.

    It has an arrow, or begins with a layer's word in capitals, as `[INPUT-CONV-RELU-POOL-FC]` does. What ends with
    `.yaml` is a file.
    """
    if _FILE.search(reference) or reference.startswith("git:") or not is_pattern(reference):
        return False
    found = _START.match(reference)
    return found is None or bool(_ARROWS.search(reference)) or found["word"][0].isupper()


def _is_layer(word: str) -> bool:
    from cnncalc.pattern.words import INPUT, head

    return word.lower() == INPUT or head(word) is not None
