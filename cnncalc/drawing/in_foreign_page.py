"""A drawing inside a page that others write: its rules and names are its own, and it is dark where that page is.

By itself a drawing has the whole file: rules such as `.t{...}` and names such as `title`. In the page of a notebook
they would hold for everything else there.
"""

import re
from hashlib import sha256
from xml.etree import ElementTree

SVG = "http://www.w3.org/2000/svg"
CLASS = "cnncalc-drawing"
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_DARK = re.compile(r"@media\(prefers-color-scheme:dark\)\{((?:[^{}]+\{[^{}]*\})*)\}")
# A reference to a name in this file.
_URL = re.compile(r"url\(#([\w-]+)\)")
# How JupyterLab and VS Code say that their page is light or dark. Where they do, the theme of the system is not asked.
_THEMED = "[data-jp-theme-light],[data-vscode-theme-kind]"
_DARK_PAGE = (
    '[data-jp-theme-light="false"],[data-vscode-theme-kind="vscode-dark"],'
    '[data-vscode-theme-kind="vscode-high-contrast"]'
)


def embedded(drawing: str) -> str:
    """The `<svg>` of a drawing, to be put into the HTML of any page, several times if need be.

    Equal drawings give equal text.
    """
    root = ElementTree.fromstring(drawing)
    prefix = f"c{sha256(drawing.encode()).hexdigest()[:8]}-"
    for element in root.iter():
        if element.tag == f"{{{SVG}}}style":
            element.text = _URL.sub(rf"url(#{prefix}\1)", _scoped(element.text or ""))
        for name, value in element.attrib.items():
            element.set(name, _renamed(name, value, prefix))
    root.set("class", CLASS)
    # Elements of the page's own language, without a prefix.
    for element in root.iter():
        element.tag = element.tag.removeprefix(f"{{{SVG}}}")
    root.set("xmlns", SVG)
    return ElementTree.tostring(root, encoding="unicode")


def _renamed(name: str, value: str, prefix: str) -> str:
    """The value of an attribute, with names that no other drawing of the page has."""
    if name == "id":
        return prefix + value
    if name == "aria-labelledby":
        return " ".join(prefix + word for word in value.split())
    if name == "href" and value.startswith("#"):
        return f"#{prefix}{value[1:]}"
    return _URL.sub(rf"url(#{prefix}\1)", value)


def _scoped(rules: str) -> str:
    """A style sheet whose rules hold in such drawings alone; the dark ones also where the page says that it is dark."""
    dark = "".join(_DARK.findall(rules))
    unthemed = f":root:not(:has({_THEMED})) .{CLASS}"
    return (
        _within(f".{CLASS}", _DARK.sub("", rules))
        + f"@media(prefers-color-scheme:dark){{{_within(unthemed, dark)}}}"
        + _within(f":is({_DARK_PAGE}) .{CLASS}", dark)
    )


def _within(scope: str, rules: str) -> str:
    """Rules, each for what is in `scope` only."""

    def scoped(rule: re.Match[str]) -> str:
        selectors = ",".join(f"{scope} {selector.strip()}" for selector in rule[1].split(","))
        return f"{selectors}{{{rule[2]}}}"

    return _RULE.sub(scoped, rules)
