"""GitHub-flavoured Markdown: lines of a table, and text that is shown literally, without any effect.

GitHub and GitLab read more than Markdown in a comment. They search for references in text that is already rendered, so
an escape does not stop them: `@name` notifies a person, `#1` and a commit hash become links, `:name:` a picture, `www.`
an address. A zero-width space between the characters stops them.
"""

import re

from cnncalc.text import escaped

NOTHING = "&#8203;"
# References: a sign and the text after it, `GH-1`, an address, a commit. GitLab also has the signs ! % ~ ^ & $.
_SIGNS = re.compile(
    r"[@#!%^~&$](?=[\w\"'{(\[/-])|(?<=:)(?=//)|:(?=[\w+-]+:)|\bGH-(?=\d)|\bwww(?=\.)", re.IGNORECASE
)
_COMMIT = re.compile(r"\b[0-9a-f](?=[0-9a-f]{6,63}\b)(?=[0-9a-f]*[a-f])", re.IGNORECASE)
# At the start of a line, these begin a list, a heading, a rule, a quotation, a table, or a GitLab action.
_FIRST = re.compile(r"^(\d+(?=[.)](?:\s|$)))?(?=[-+#=/:.)])")
# Placeholders for inserted text until everything else is escaped.
_MARK = "\N{ZERO WIDTH SPACE}"


def line(cells: list[str]) -> str:
    """One line of a pipe table."""
    return f"| {' | '.join(cells)} |\n"


def code(text: str) -> str:
    """A word as code; no character in it ends the code, or the cell of a table."""
    text = escaped(" ".join(text.split()), len(text) + 1)
    return f"`{text.replace('`', chr(39)).replace('|', chr(92) + '|')}`"


def safe(text: str) -> str:
    """Text that Markdown shows literally, on one line: no link, mention, HTML, or control characters."""
    text = escaped(" ".join(text.split()), len(text) + 1)
    text = _SIGNS.sub(rf"\g<0>{_MARK}", text)
    text = _COMMIT.sub(rf"\g<0>{_MARK}", text)
    text = re.sub(r"[\\|*_`<>\[\]~$]|&(?=#?\w+;)", r"\\\g<0>", text)
    text = _FIRST.sub(r"\1\\", text)
    return text.replace(_MARK, NOTHING)
