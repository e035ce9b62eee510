"""`claims`: figures that are printed elsewhere, with the place of every fault; no figure depends on them."""

import json
from pathlib import Path

import pytest

import cnncalc
from cnncalc.diagnostic import Severity
from cnncalc.render.expansion import expansion
from tests.commands._program import run
from tests.schema._checked import problems

HEAD = "cnncalc: 1\nparams: {width: 8}\ninput: 8x8x3\n"
LAYERS = "layers:\n  - conv: $width\n    name: first\n  - conv: 4\n    only: training\n    name: late\n"
GOOD = "{figure: params, says: 1K, source: the paper, why: it counts no biases}"


def text(*claims: str, layers: str = LAYERS) -> str:
    return f"{HEAD}claims: [{', '.join(claims)}]\n{layers}"


def claims_of(spec: str, *words: str) -> list[dict[str, object]]:
    claims: list[dict[str, object]] = json.loads(
        run("inspect", "-", "--format", "json", *words, stdin=spec).out
    )["claims"]
    return claims


class TestFigures:
    @pytest.mark.parametrize(
        ("about", "figure", "here"),
        [
            ("figure: params", "params", 32),
            ("figure: weights", "weights", 24),
            ("figure: macs", "macs", 1536),
            ("figure: activations", "activations", 704),
            ("figure: depth", "depth", 1),
            ("layer: first, figure: params", "params", 32),
            ("layer: first, figure: weights", "weights", 24),
            ("layer: first, figure: macs", "macs", 1536),
            ("layer: first, figure: activations", "activations", 512),
            ("layer: first", "output", {"channels": 8, "height": 8, "width": 8}),
            ("layer: input", "output", {"channels": 3, "height": 8, "width": 8}),
        ],
    )
    def test_are_the_tools_own(self, about: str, figure: str, here: object) -> None:
        (claim,) = claims_of(text(f"{{{about}, says: [x, z], source: a book, why: so}}"))
        assert (claim["figure"], claim["here"]) == (figure, here)
        assert (claim["says"], claim["source"], claim["why"]) == (["x", "z"], "a book", "so")

    def test_are_of_the_network_as_it_is_written(self) -> None:
        spec = text(GOOD)
        assert claims_of(spec, "--set", "width=8")
        assert claims_of(spec, "--set", "width=16") == []
        assert claims_of(spec, "--input", "16") == []
        assert claims_of(spec, "--mode", "training") == []
        assert claims_of(spec.replace("    only: training\n", ""), "--mode", "training")

    def test_are_not_those_of_a_spec_that_another_extends(self, tmp_path: Path) -> None:
        (tmp_path / "base.yaml").write_text(text(GOOD), encoding="utf-8")
        over = f"cnncalc: 1\nextends: base.yaml\nparams: {{width: 4}}\nclaims: [{GOOD.replace('1K', '2K')}]\n"
        (tmp_path / "over.yaml").write_text(over, encoding="utf-8")
        (claim,) = cnncalc.load(tmp_path / "over.yaml").claims
        assert claim[0].says == ("2K",)
        (tmp_path / "over.yaml").write_text(over.rpartition("claims")[0], encoding="utf-8")
        assert cnncalc.load(tmp_path / "over.yaml").claims == ()


def test_stand_under_the_table() -> None:
    lines = run("inspect", "-", stdin=text(GOOD), COLUMNS="200").out.splitlines()
    assert lines[-1] == '  "1K" (the paper): here 32 parameters; it counts no biases.'
    markdown = run("inspect", "-", "--format", "markdown", stdin=text(GOOD)).out.splitlines()
    assert markdown[-1] == '- "1K" (the paper): here 32 parameters; it counts no biases'


def test_invisible_characters_in_them_are_escaped() -> None:
    spec = text('{figure: params, says: "a\\e[31m\\u202e", source: b, why: c}')
    assert "\x1b" not in run("inspect", "-", stdin=spec).out
    assert "\u202e" not in run("inspect", "-", stdin=spec).out


def test_an_expanded_spec_has_them() -> None:
    spec = text(GOOD, "{layer: first, says: ['#a: b', -], source: '{}', why: 'no'}")
    again = cnncalc.load("".join(expansion(cnncalc.load(spec))))
    assert [claim._replace(layer=None) for claim, _ in again.claims] == [
        claim._replace(layer=None) for claim, _ in cnncalc.load(spec).claims
    ]


@pytest.mark.parametrize(
    ("claims", "code", "says", "start"),
    [
        ("5", "L003", "`claims` must be a list of claims", "5"),
        ("", "L003", "`claims` must be a list of claims", ""),
        (f"{GOOD}", "L003", "`claims` must be a list of claims", "{"),
        ("[x]", "L003", "a claim must be a mapping", "x"),
        ("[{figure: params, says: a, source: b}]", "L004", "a claim needs `why`", "{figure"),
        ("[{}]", "L004", "a claim needs `says` and `source` and `why`", "{}"),
        ("[{says: a, source: b, why: c}]", "L004", "a claim needs `figure`, `layer` or both", "{says"),
        ("[{figure: parms, says: a, source: b, why: c}]", "L003", "`parms` is not a figure of the network", "parms"),
        ("[{figure: depth, layer: first, says: a, source: b, why: c}]", "L003", "not a figure of a layer", "depth"),
        ("[{figure: [a], says: a, source: b, why: c}]", "L003", "`figure` of a claim must be a text", "[a]"),
        ("[{figure: params, says: [], source: b, why: c}]", "L003", "`says` is empty", "[], s"),
        ("[{figure: params, says: [[a]], source: b, why: c}]", "L003", "`says` of a claim must be a text", "[a]]"),
        ("[{figure: params, says: a, source: {}, why: c}]", "L003", "`source` of a claim must be a text", "{},"),
        ("[{figure: params, says: a, source: ' ', why: c}]", "L003", "`source` of a claim must be a text", "' '"),
        ("[{figure: params, sais: a, source: b, why: c}]", "L001", "a claim has no `sais`", "sais"),
        ("[{layer: fist, says: a, source: b, why: c}]", "L011", "no earlier layer is named `fist`", "fist"),
    ],
)  # fmt: skip
def test_a_fault_in_them_has_its_place_and_leaves_every_figure(
    claims: str, code: str, says: str, start: str
) -> None:
    graph = cnncalc.load(f"{HEAD}claims: {claims}\n{LAYERS}")
    (fault,) = graph.diagnostics
    assert (fault.code, fault.severity) == (code, Severity.ERROR)
    assert says in fault.message
    assert f"claims: {claims}"[fault.span.column - 1 :].startswith(start)
    assert cnncalc.analyse(graph).totals.params == 32
    assert (code == "L011") == (problems(f"{HEAD}claims: {claims}\n{LAYERS}") == [])


def test_a_misspelt_name_is_corrected() -> None:
    graph = cnncalc.load(text("{layer: frist, says: a, source: b, why: c}"))
    assert [fix.text for fix in graph.diagnostics[0].fixes] == ["write `first`"]


def test_a_layer_that_is_left_out_is_no_fault_where_it_is_not_asked_for() -> None:
    spec = text("{layer: late, says: a, source: b, why: c}").replace("only: training", "when: $width > 8")
    assert [item.code for item in cnncalc.load(spec).diagnostics] == ["L011"]
    assert cnncalc.load(spec, values={"width": 16}).diagnostics == ()
