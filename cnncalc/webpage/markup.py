"""Writing HTML: texts that hold no markup, elements, and data for scripts."""

import json
from collections.abc import Iterable
from typing import Any

from cnncalc.render.html_page import plain as plain

# What could end a script, begin a comment, or be read as a line's end in one.
_UNSAFE = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}


def tag(name: str, *content: str, **attributes: str | int | float | bool | None) -> str:
    """One element with an end. Content is markup already; values of attributes are texts.

    `class_` is `class`, `aria_label` is `aria-label`; True is an attribute without a value, and False or None is none.
    """
    given = "".join(_attribute(key, value) for key, value in attributes.items())
    return f"<{name}{given}>{''.join(content)}</{name}>"


def block(*content: str, **attributes: str | int | float | bool | None) -> str:
    """An element that only keeps its content together."""
    return tag("div", *content, **attributes)


def _attribute(key: str, value: str | int | float | bool | None) -> str:
    if value is None or value is False:
        return ""
    name = key.rstrip("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{plain(str(value))}"'


def items(texts: Iterable[str], **attributes: str) -> str:
    """A list of markup; nothing where there are no items."""
    listed = [tag("li", text) for text in texts]
    return tag("ul", *listed, **attributes) if listed else ""


def json_script(data: Any, id: str) -> str:
    """Data as JSON in an element that no text in it can end."""
    words = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for character, safe in _UNSAFE.items():
        words = words.replace(character, safe)
    return f'<script type="application/json" id="{plain(id)}">{words}</script>'
