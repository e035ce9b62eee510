"""Mistakes that people make: each message states the fact at the place, and its help works when it is followed."""

import cnncalc
from cnncalc.diagnostic import Severity, edited
from tests._each import each
from tests.diagnostics._habits import HABITS
from tests.diagnostics._mistake import Mistake, layers
from tests.diagnostics._slips import SLIPS

MISTAKES = [*SLIPS, *HABITS]


@each("mistake", MISTAKES, ids=lambda mistake: mistake.name)
def test_a_mistake_is_stated_where_it_is(mistake: Mistake) -> None:
    diagnostics = [item for item in cnncalc.load(mistake.text).diagnostics if item.severity is Severity.ERROR]
    first = diagnostics[0]
    assert (first.code, first.span.line) == (mistake.code, mistake.line), diagnostics
    assert mistake.fact in first.message
    assert mistake.help in (first.help or "")


@each("mistake", MISTAKES, ids=lambda mistake: mistake.name)
def test_its_help_works_when_followed(mistake: Mistake) -> None:
    assert cnncalc.load(mistake.followed).ok


@each("mistake", MISTAKES, ids=lambda mistake: mistake.name)
def test_no_fix_changes_the_type_of_a_layer_that_is_known(mistake: Mistake) -> None:
    before = cnncalc.load(mistake.text)
    for item in before.diagnostics:
        for fix in item.fixes:
            after = cnncalc.load(edited(mistake.text, fix))
            kinds = [node.kind for node in after.nodes]
            assert all(node.kind in kinds for node in before.nodes if node.fit is not None), fix


@each("name", ["kernel", "stride", "padding", "dilation"])
@each("text", ["(3, 3)", "( 3,3 )", "(3 , 3)"])
def test_a_tuple_is_one_fault_and_its_fix_works(name: str, text: str) -> None:
    fields = {"filters": "8", "kernel": "3", name: text, "bias": "false"}
    spec = layers(f"- conv: {{{', '.join(f'{key}: {value}' for key, value in fields.items())}}}")
    diagnostics = [item for item in cnncalc.load(spec).diagnostics if item.severity is Severity.ERROR]
    assert [item.code for item in diagnostics] == ["L003"]
    fixed = cnncalc.load(edited(spec, diagnostics[0].fixes[0]))
    assert getattr(fixed.layers[0].fit.layer, name) == (3, 3)  # type: ignore[union-attr]


@each("word", ["y", "n", "yes", "No", "ON", "off"])
def test_words_of_yaml_1_1_may_be_keys(word: str) -> None:
    text = f"cnncalc: 1\ninput: 8x8x3\nparams: {{{word}: 4}}\nlayers:\n  - conv: {{filters: ${word}, kernel: 1}}\n"
    graph = cnncalc.load(text)
    assert graph.ok
    assert graph.values == {word: 4}


@each("word", ["true", "null", "3", "~"])
def test_flags_and_numbers_may_not(word: str) -> None:
    graph = cnncalc.load(f"cnncalc: 1\ninput: 8x8x3\nparams: {{{word}: 4}}\nlayers:\n  - relu\n")
    assert "Y013" in {item.code for item in graph.diagnostics}


@each("word", ["y", "No", "on"])
def test_as_values_they_stay_refused(word: str) -> None:
    graph = cnncalc.load(f"cnncalc: 1\ninput: 8x8x3\nparams: {{a: {word}}}\nlayers:\n  - relu\n")
    assert "Y015" in {item.code for item in graph.diagnostics}
