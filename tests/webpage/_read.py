"""Reading a page as a parser of HTML reads it."""

import json
from html.parser import HTMLParser
from typing import Any

import cnncalc
from cnncalc.api import findings
from cnncalc.memory import Estimate, Setup
from cnncalc.webpage import ReportedNetwork, report_page

# Elements without an end.
VOID = {"meta", "br", "hr", "img", "input", "link"}


class ReadPage(HTMLParser):
    """The elements of a page: `tags` in order with their attributes, `ids`, `texts`, and the JSON of each script.

    Raises `ValueError` where an element is not closed, or closed twice.
    """

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.data: dict[str, Any] = {}
        self.scripts = 0
        self._open: list[str] = []
        self._json = ""
        self.feed(page)
        self.close()
        if self._open:
            raise ValueError(f"not closed: {self._open}")

    @property
    def ids(self) -> list[str]:
        return [id for _, attributes in self.tags if (id := attributes.get("id"))]

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())

    def rows(self, class_: str = "") -> list[dict[str, str | None]]:
        """The attributes of the rows of layers."""
        return [attributes for tag, attributes in self.tags if tag == "tr" and "id" in attributes]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        self.tags.append((tag, attributes))
        if tag not in VOID:
            self._open.append(tag)
        self._json = ""
        if tag == "script":
            if attributes.get("type") == "application/json":
                self._json = attributes["id"] or ""
            else:
                self.scripts += 1

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open.pop() != tag:
            raise ValueError(f"</{tag}> at {self.getpos()}")

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] == "script":
            if self._json:
                self.data[self._json] = json.loads(data)
        elif not self._open or self._open[-1] != "style":
            self.texts.append(data)


def network(spec: str, number: int = 1, *, batch: int = 1, **options: Any) -> ReportedNetwork:
    """A network of a page, from the name of a shipped spec or from the text of one."""
    graph = cnncalc.load(spec, **options)
    analysis = cnncalc.analyse(graph)
    estimate = Estimate(graph, Setup(mode=graph.mode)) if graph.whole else None
    return ReportedNetwork(analysis, findings(analysis), estimate, batch, number)


def read(*specs: str, **options: Any) -> ReadPage:
    """The page of these networks."""
    return ReadPage(report_page([network(spec, number, **options) for number, spec in enumerate(specs, 1)]))
