"""GitHub-flavoured Markdown: lines of a table, and text that is shown as it is."""

import re


def line(cells: list[str]) -> str:
    """One line of a pipe table."""
    return f"| {' | '.join(cells)} |\n"


def safe(text: str) -> str:
    """Text that Markdown shows as it is."""
    text = re.sub(r"[\\|*_`<>\[\]~]|&(?=#?\w+;)", r"\\\g<0>", text)
    return " ".join(text.split())
