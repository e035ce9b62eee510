"""The text of the spec with line numbers, and each finding below its line."""

from collections.abc import Sequence

from cnncalc.diagnostic import Diagnostic, Severity
from cnncalc.exact import counted
from cnncalc.report import frames
from cnncalc.text import Source
from cnncalc.webpage import lines
from cnncalc.webpage.lines import line_id, lines_of, place_of
from cnncalc.webpage.markup import block, plain, tag
from cnncalc.webpage.section import PageSection, ReportedNetwork
from cnncalc.webpage.sections.table import anchors

# The lines around a finding that are shown of a long text.
AROUND = 3
# Characters of a line.
LONGEST = 400
# Names of layers that one line has in the page: a block that is used often has more.
NAMES = 1000
MARKS = {Severity.ERROR: "✗", Severity.WARNING: "!", Severity.INFO: "i"}


def section(network: ReportedNetwork) -> PageSection | None:
    """The texts, the spec's own first; None where there is none to show."""
    rows = anchors(network)
    names = {place: [name for name in layers if name in rows] for place, layers in _names(network).items()}
    texts = []
    data: list[list[object]] = []
    for number, source in enumerate(network.graph.sources.values()):
        own = [item for item in network.diagnostics if item.span.file == source.name]
        used = {line: layers for (file, line), layers in names.items() if file == source.name and layers}
        texts.append(_text(network, number, source, own, used))
        data += [[line_id(network, number, line), layers] for line, layers in used.items()]
    elsewhere = [item for item in network.diagnostics if item.span.file not in network.graph.sources]
    texts += [_finding(item) for item in elsewhere]
    if not texts:
        return None
    return PageSection(
        "spec", "Spec and findings", _count(network.diagnostics) + "".join(texts), {"lines": data}
    )


def _count(diagnostics: Sequence[Diagnostic]) -> str:
    words = [
        counted(
            sum(item.severity is severity for item in diagnostics),
            "note" if severity is Severity.INFO else severity.word,
        )
        for severity in (Severity.ERROR, Severity.WARNING, Severity.INFO)
        if any(item.severity is severity for item in diagnostics)
    ]
    return tag("p", plain(", ".join(words) or "No findings."), class_="quiet")


def _names(network: ReportedNetwork) -> dict[tuple[str, int], list[str]]:
    """For each line the layers and blocks that it makes."""
    names: dict[tuple[str, int], dict[str, None]] = {}
    seen: set[int] = set()
    for node in network.graph.nodes:
        for use in frames(node.frame):
            if id(use) in seen:
                break
            seen.add(id(use))
            span = use.item.span
            names.setdefault((span.file, span.line), {})[use.name] = None
        if place := place_of(network, node):
            names.setdefault((place.file, place.line), {})[node.name] = None
    return {place: list(layers)[:NAMES] for place, layers in names.items()}


def _text(
    network: ReportedNetwork,
    number: int,
    source: Source,
    diagnostics: Sequence[Diagnostic],
    names: dict[int, list[str]],
) -> str:
    under: dict[int, list[Diagnostic]] = {}
    for item in diagnostics:
        under.setdefault(item.span.line, []).append(item)
    count = lines_of(source)
    shown = range(1, count + 1)
    chosen = set(shown)
    if count > lines.MOST:
        chosen = {
            line for place in [1, *under] for line in range(place - AROUND, place + AROUND + 1)
        } & chosen
    parts = [tag("p", plain(source.name, 200), class_="file")]
    items: list[str] = []
    last = 0
    for line in sorted(chosen):
        if line != last + 1:
            items.append(tag("li", f"{line - last - 1:,} lines are left out", class_="gap"))
        last = line
        items.append(_line(network, number, source, line, names.get(line, ()), under.pop(line, ())))
    if last < count:
        items.append(tag("li", f"{count - last:,} lines are left out", class_="gap"))
    parts.append(tag("ol", *items, class_="lines"))
    parts += [_finding(item) for remaining in under.values() for item in remaining]
    return block(*parts, class_="text", tabindex=0, role="group", aria_label=f"Text of {source.name}")


def _line(
    network: ReportedNetwork,
    text: int,
    source: Source,
    line: int,
    names: Sequence[str],
    diagnostics: Sequence[Diagnostic],
) -> str:
    # Without a script it is a link to the first of its layers.
    number = tag("a", str(line), href=f"#{network.anchor(names[0])}", class_="number") if names else None
    number = number or tag("span", str(line), class_="number")
    worst = max((item.severity for item in diagnostics), default=None)
    return tag(
        "li",
        number,
        tag("code", plain(source.line(line), LONGEST)),
        *map(_finding, diagnostics),
        id=line_id(network, text, line),
        class_=worst.word if worst is not None else None,
    )


def _finding(item: Diagnostic) -> str:
    code = f"{item.severity.word}[{item.code}] {item.name}"
    parts = [tag("p", tag("strong", f"{MARKS[item.severity]} {plain(code)}"), f": {plain(item.message)}")]
    parts += [tag("p", "note: ", plain(note.text)) for note in item.notes]
    if item.help is not None:
        parts.append(tag("p", "help: ", plain(item.help)))
    return block(*parts, class_=f"finding {item.severity.word}")
