"""Elements of SVG. Every text of a spec goes through `plain`: it can't begin a tag, end one, or turn the line round."""

from html import escape

from cnncalc.text import escaped

# Characters of one text at most: a longer one is of no use in a picture.
LONGEST = 300


def plain(words: str, limit: int = LONGEST) -> str:
    """A text as the content of an element or an attribute.

    Characters that XML does not allow, and marks that change the direction of the text around them, are shown as
    escapes: `\\u202e`.
    """
    return escape(escaped(words, limit))


def number(value: float) -> str:
    """A coordinate with at most one digit after the point: `12`, `12.5`."""
    words = f"{value:.1f}"
    return words[:-2] if words.endswith(".0") else words


def element(tag: str, *content: str, **attributes: str | float) -> str:
    """One element. Content is markup already; values of attributes are numbers, or words of this package."""
    given = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{value if isinstance(value, str) else number(value)}"'
        for name, value in attributes.items()
        if value != ""
    )
    return f"<{tag}{given}>{''.join(content)}</{tag}>" if content else f"<{tag}{given}/>"


def text(x: float, y: float, words: str, class_: str, anchor: str = "") -> str:
    """One line of text at its base line; nothing where there are no words."""
    if not words:
        return ""
    return element("text", plain(words), x=x, y=y, class_=class_, text_anchor=anchor)


def title(*lines: str) -> str:
    """What a viewer shows for the element around it."""
    return element("title", "\n".join(plain(line) for line in lines if line))
