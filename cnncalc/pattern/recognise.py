"""Whether a text is a pattern. It imports nothing that takes long: every spec that is read asks."""

import re

ARROW = "(?:-+>|=+>|[\u2192\u21d2\u27f6\u27f9])"
# The first line that says something, as a pattern begins: a word after any brackets.
# (These are compiled where they are first needed: that of a YAML spec is none.)
_START = (
    r"(?:[ \t]*(?:\#[^\n]*)?\n)*[ \t]*(?P<open>[\[(][\[( \t]*)?(?P<word>[A-Za-z_][\w.]*)(?P<after>[^\n]*)"
)
# What follows the first word in YAML: the colon of a key, the comma of a list.
_YAML = r"[ \t]*(?::(?:\s|$)|,)"
# A first line without an arrow that dashes, brackets or signs make a pattern.
_SIGNS = r"[\])*?]|(?<=\w)[ \t]*[-\u2013\u2014][ \t]*[\[(A-Za-z]"
_FILE = r"(?i:\.ya?ml\s*$)"
# The key that most specs begin with: such a text is YAML.
_KEY = "cnncalc:"


def is_pattern(text: str) -> bool:
    """Whether a text is a pattern and no YAML: its first line has an arrow, or begins with a layer's word."""
    if _begins_with_key(text):
        return False
    start = re.match(_START, text)
    if start is None:
        # An arrow, a star or a closing bracket in front: a pattern that lacks its beginning.
        first = text.lstrip()
        return bool(re.match(ARROW, first)) or (
            first[:1] in ("*", "]", ")") and bool(re.search(ARROW, first))
        )
    if re.match(_YAML, start["after"]):
        return False
    if re.search(ARROW, start["after"]):
        return True
    signs = start["open"] is not None or re.search(_SIGNS, start["word"] + start["after"]) is not None
    following = text[start.end() :].lstrip()
    return (signs or not following or re.match(ARROW, following) is not None) and _is_layer(start["word"])


def means_pattern(reference: str) -> bool:
    """Whether an argument is a pattern: it names no file and no shipped spec.

    It has an arrow, or begins with a layer's word in capitals, as `[INPUT-CONV-RELU-POOL-FC]` does. What ends with
    `.yaml` is a file.
    """
    if re.search(_FILE, reference) or reference.startswith("git:") or not is_pattern(reference):
        return False
    start = re.match(_START, reference)
    return start is None or bool(re.search(ARROW, reference)) or start["word"][0].isupper()


def _begins_with_key(text: str) -> bool:
    """Whether the first line that says something is that of the key `cnncalc`."""
    start = end = 0
    while end >= 0:
        end = text.find("\n", start)
        line = (text[start:] if end < 0 else text[start:end]).lstrip(" \t")
        if line and line[0] != "#":
            return line == _KEY or (line.startswith(_KEY) and line[len(_KEY)].isspace())
        start = end + 1
    return False


def _is_layer(word: str) -> bool:
    from cnncalc.pattern.words import INPUT, head

    return word.lower() == INPUT or head(word) is not None
