"""GitHub-flavoured Markdown: lines of a table, and text that is shown as it is and does nothing.

GitHub and GitLab read more than Markdown in a comment. They look for references in text that is rendered already, so
an escape does not stop them: `@name` notifies a person, `#1` and a commit's number link, `:name:` is a picture, `www.`
an address. A space of no width between the signs does stop them.
"""

import re

from cnncalc.text import escaped

NOTHING = "&#8203;"
# References: a sign with what follows it, `GH-1`, an address, a commit. GitLab has the signs ! % ~ ^ & $ as well.
_SIGNS = re.compile(
    r"[@#!%^~&$](?=[\w\"'{(\[/-])|(?<=:)(?=//)|:(?=[\w+-]+:)|\bGH-(?=\d)|\bwww(?=\.)", re.IGNORECASE
)
_COMMIT = re.compile(r"\b[0-9a-f](?=[0-9a-f]{6,63}\b)(?=[0-9a-f]*[a-f])", re.IGNORECASE)
# Where they stand first, these begin a list, a heading, a rule, a quotation of a table, or an action of GitLab's.
_FIRST = re.compile(r"^(\d+(?=[.)](?:\s|$)))?(?=[-+#=/:.)])")
# What is put into the text keeps these for itself until all else is escaped.
_MARK = "\N{ZERO WIDTH SPACE}"


def line(cells: list[str]) -> str:
    """One line of a pipe table."""
    return f"| {' | '.join(cells)} |\n"


def code(text: str) -> str:
    """A word as code; nothing in it ends the code, or the cell of a table."""
    text = escaped(" ".join(text.split()), len(text) + 1)
    return f"`{text.replace('`', chr(39)).replace('|', chr(92) + '|')}`"


def safe(text: str) -> str:
    """Text that Markdown shows as it is, on one line: no link, no mention, no HTML, nothing that a terminal obeys."""
    text = escaped(" ".join(text.split()), len(text) + 1)
    text = _SIGNS.sub(rf"\g<0>{_MARK}", text)
    text = _COMMIT.sub(rf"\g<0>{_MARK}", text)
    text = re.sub(r"[\\|*_`<>\[\]~$]|&(?=#?\w+;)", r"\\\g<0>", text)
    text = _FIRST.sub(r"\1\\", text)
    return text.replace(_MARK, NOTHING)
