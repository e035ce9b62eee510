"""The skeletons of `make new-layer`, `make new-rule` and `make new-format`: what they hold, and what is refused."""

import ast
from pathlib import Path

import pytest

from cnncalc.layers import layer_type, names
from cnncalc.render.formats import KINDS, Format
from cnncalc.rules import rules
from docs import scaffold

FORMATS = ("cnncalc/render/formats", "tests/render/formats")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The folders that skeletons are written to."""
    for folder in ("cnncalc/layers", "cnncalc/rules/design", "tests/layers", "tests/rules", *FORMATS):
        (tmp_path / folder).mkdir(parents=True)
    return tmp_path


@pytest.mark.parametrize("base", scaffold.BASES)
def test_a_layer_s_skeleton_names_every_fact_that_its_base_lacks(base: str, project: Path) -> None:
    assert scaffold.main(["layer", "celu", "--base", base], project) == 0
    text = (project / "cnncalc/layers/celu.py").read_text(encoding="utf-8")
    ast.parse(text)
    ast.parse((project / "tests/layers/test_celu.py").read_text(encoding="utf-8"))
    kind = getattr(__import__(scaffold.BASES[base][0], fromlist=["x"]), scaffold.BASES[base][1])
    for fact in scaffold.missing_facts(kind):
        assert f"# FILL {fact}. " in text
        assert f"# def {fact}(" in text
    for name in scaffold.missing_statements(kind):
        assert f"    {name}: ClassVar" in text or f"# FILL {name}: " in text


def test_a_layer_s_own_facts_are_all_asked_for(project: Path) -> None:
    """A layer must state every fact that `Layer` leaves open: none has a silent default."""
    scaffold.main(["layer", "celu"], project)
    text = (project / "cnncalc/layers/celu.py").read_text(encoding="utf-8")
    for fact in ("output", "weights", "work", "keeps", "storage", "torch"):
        assert f"# def {fact}(" in text


def test_a_finished_layer_lacks_nothing() -> None:
    for name in names():
        assert scaffold.missing_facts(layer_type(name)) == scaffold.missing_statements(layer_type(name)) == []


def test_a_rule_has_the_code_that_was_asked_for(project: Path) -> None:
    assert scaffold.main(["rule", "heavy-dropout", "--code", "G190"], project) == 0
    text = (project / "cnncalc/rules/heavy_dropout.py").read_text(encoding="utf-8")
    ast.parse(text)
    assert '"G190"' in text
    assert "class HeavyDropout(Rule)" in text


def test_a_rule_has_the_next_free_code(project: Path) -> None:
    assert scaffold.main(["rule", "heavy-dropout"], project) == 0
    text = (project / "cnncalc/rules/design/heavy_dropout.py").read_text(encoding="utf-8")
    taken = sorted(rule.fault.code for rule in rules() if rule.fault.code.startswith("D1"))
    assert f'"D{int(taken[-1][1:]) + 1}"' in text


def test_a_format_s_skeleton_names_every_kind_and_every_fact(project: Path) -> None:
    assert scaffold.main(["format", "org"], project) == 0
    text = (project / "cnncalc/render/formats/org.py").read_text(encoding="utf-8")
    ast.parse(text)
    ast.parse((project / "tests/render/formats/test_org.py").read_text(encoding="utf-8"))
    assert "class Org(Format)" in text
    for kind in KINDS:
        assert f"# FILL {kind}. " in text
        assert f"# def {kind}(" in text
    stated = [name for name in vars(Format)["__annotations__"] if not name.startswith("_")]
    assert len(stated) > 3
    assert all(f"# FILL {name}, " in text for name in stated)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["layer", "CELU"], "not a name for a layer"),
        (["layer", "../celu"], "not a name for a layer"),
        (["layer", "elu"], "there is a layer elu already"),
        (["layer", "celu", "--base", "norm"], "there is no base 'norm'"),
        (["format", "HT-ML"], "not a name for a format"),
        (["format", "json"], "there is a format json already"),
        (["rule", "heavy_dropout"], "not a name for a rule"),
        (["rule", "heavy-dropout", "--code", "X1"], "not a code for a rule"),
        (["rule", "heavy-dropout", "--code", "D101"], "D101 is another rule's"),
    ],
)
def test_what_cannot_be_written_is_refused(
    arguments: list[str], message: str, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert scaffold.main(arguments, project) == 2
    assert message in capsys.readouterr().err
    assert not [path for path in project.rglob("*") if path.is_file()]


def test_nothing_is_overwritten(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "tests/layers/test_celu.py").write_text("mine\n", encoding="utf-8")
    assert scaffold.main(["layer", "celu"], project) == 2
    assert "tests/layers/test_celu.py is there already" in capsys.readouterr().err
    assert not (project / "cnncalc/layers/celu.py").exists()
