"""Every layer and every diagnostic has a page, made from its class, and the page's address is the one JSON gives."""

import re

from cnncalc import describe, layers
from cnncalc.diagnostic import DiagnosticKind, Span
from cnncalc.render.json_text import DOCS, diagnostic, page_url
from cnncalc.rules import rules
from tests._each import each

FAULTS = list(describe.faults().values())
LAYERS = [layers.layer_type(name) for name in layers.names()]
# What can be wrong before there is a text, or in more text than an example should have.
# No text shows them, or how it is run makes them (T003, T004).
WITHOUT_EXAMPLE = {
    *("Y001", "Y002", "Y004", "Y007", "T003", "T004", "R001", "R002"),
    # Imports and exports are about files of other programs, and code.
    *(fault.code for fault in FAULTS if fault.code.startswith("I")),
}


def by_code(fault: DiagnosticKind) -> str:
    return fault.code


def by_key(layer: type[layers.Layer]) -> str:
    return layer.key


def test_every_rule_is_among_the_faults() -> None:
    assert {rule.fault.code for rule in rules()} <= describe.faults().keys()


def test_every_code_is_of_a_known_family() -> None:
    assert {fault.code[0] for fault in FAULTS} == describe.FAMILIES.keys()


def test_no_two_faults_have_one_name() -> None:
    assert len({fault.name for fault in FAULTS}) == len(FAULTS)


@each("fault", FAULTS, ids=by_code)
def test_a_fault_is_found_by_code_and_by_name(fault: DiagnosticKind) -> None:
    assert describe.find_fault(fault.code.lower()) is fault
    assert describe.find_fault(fault.name) is fault


def test_an_unknown_word_finds_no_fault() -> None:
    assert describe.find_fault("S999") is None


@each("fault", FAULTS, ids=by_code)
def test_the_anchor_in_the_index_is_that_of_the_heading(fault: DiagnosticKind) -> None:
    heading = describe.fault_page(fault).splitlines()[0].removeprefix("## ")
    # GitHub: lower case, punctuation but hyphens and underscores out, blanks to hyphens.
    anchor = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
    assert anchor == describe.anchor(fault)
    as_json = diagnostic(fault.at(Span("net.yaml", 1, 1, 1, 2), "message"))
    assert as_json["url"] == page_url(fault.code) == f"{DOCS}/{fault.code}.md"


@each("fault", FAULTS, ids=by_code)
def test_a_fault_page_says_what_why_and_how_severe(fault: DiagnosticKind) -> None:
    page = describe.fault_page(fault)
    assert f"Severity: {fault.severity.word}." in page
    assert describe.prose(fault.what) in page
    assert describe.prose(fault.why) in page


@each("fault", FAULTS, ids=by_code)
def test_a_fault_page_answers_in_ten_lines(fault: DiagnosticKind) -> None:
    first = "\n".join(describe.fault_page(fault, level=1).splitlines()[:10])
    assert first.startswith(f"# {fault.code} {fault.name}\n")
    for text in (f"Severity: {fault.severity.word}.", describe.prose(fault.what), describe.prose(fault.why)):
        assert text in first


@each("fault", FAULTS, ids=by_code)
def test_an_example_gives_its_own_finding(fault: DiagnosticKind) -> None:
    page = describe.finding(fault)
    if fault.code in WITHOUT_EXAMPLE:
        assert not page
    else:
        assert page.startswith(f"{fault.severity.word}[{fault.code}] {fault.name}: ")
        assert f"--> {describe.EXAMPLE}:" in page


@each("fault", FAULTS, ids=by_code)
def test_a_page_holds_nothing_that_cannot_be_seen(fault: DiagnosticKind) -> None:
    page = describe.fault_page(fault)
    assert "\r" not in page
    assert "\ufeff" not in page
    assert page.count("\n") < 2 * describe.LONG + 40


@each("layer", LAYERS, ids=by_key)
def test_a_layer_page_has_every_field_and_example(layer: type[layers.Layer]) -> None:
    page = describe.layer_page(layer)
    assert page.startswith(f"## {layer.key}\n")
    assert layer.source in page
    for name in layers.stated(layer):
        assert f"| `{name}` |" in page
    assert page.count(" -> ") >= len(layer.examples)
    # Nothing of Python's own in what should be a spec's text.
    assert "Sides(" not in page
    assert not re.search(r"\bNone\b|\bTrue\b.*\|$", page.split("Of the first example")[0])


@each("layer", LAYERS, ids=by_key)
def test_a_layer_is_in_one_family(layer: type[layers.Layer]) -> None:
    holding = [family for family, members in describe.families().items() if layer in members]
    assert holding == [layer.family]


@each("layer", LAYERS, ids=by_key)
def test_a_summary_is_one_line(layer: type[layers.Layer]) -> None:
    assert describe.summary(layer)
    assert "\n" not in describe.summary(layer)


@each(
    ("text", "markdown"),
    [
        ("F*F*C", r"F\*F\*C"),
        ("the merge key `<<` is < nothing", r"the merge key `<<` is \< nothing"),
        ("dilation*(F - 1) | `a*b`", r"dilation\*(F - 1) \| `a*b`"),
        ("plain", "plain"),
    ],
)
def test_prose_reads_the_same_as_markdown(text: str, markdown: str) -> None:
    assert describe.prose(text) == markdown
