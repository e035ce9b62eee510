"""Formats are found by their files, render the kinds they define, and are imported when they are used."""

import inspect
import re
from pathlib import Path

import pytest

from cnncalc import plugins
from cnncalc.program.spelling import BY_NAME
from cnncalc.render import formats
from cnncalc.render.formats import KINDS, Format, format_of, names, renders
from tests.commands._program import modules_of

FOLDER = Path(formats.__file__).parent
COMMANDS = FOLDER.parents[1] / "commands"


def test_each_file_is_a_format() -> None:
    files = {file.stem for file in FOLDER.glob("*.py") if not file.stem.startswith("_")}
    assert set(plugins.names(formats.__name__)) == files
    assert set(names(*KINDS)) == files, "a format renders something"


def test_text_comes_first_then_the_others_by_name() -> None:
    assert names("report")[0] == "text"
    assert list(names("report")[1:]) == sorted(names("report")[1:])
    assert {"csv", "json", "markdown"} <= set(names("report"))
    assert {"text", "csv", "markdown"} & set(names("rules")) == {"text"}


def test_text_and_json_render_every_kind() -> None:
    assert format_of("text").kinds == format_of("json").kinds == set(KINDS)


def test_a_format_renders_what_it_defines() -> None:
    class Two(Format):
        def gpus(self, gpus: object, width: int | None) -> object:  # type: ignore[override]
            return iter(())

        def fit(self, answer: object, width: int | None) -> object:  # type: ignore[override]
            return iter(())

    assert Two().kinds == {"fit", "gpus"}
    assert Format().kinds == set()


@pytest.mark.parametrize(("name", "kinds", "expected"), [
    ("csv", ("report",), True), ("csv", ("fit",), False), ("csv", ("fit", "report"), True), ("nosuch", KINDS, False),
    ("_format", KINDS, False), ("__init__", KINDS, False),
])  # fmt: skip
def test_whether_a_format_renders_a_kind(name: str, kinds: tuple[str, ...], expected: bool) -> None:
    assert renders(name, *kinds) is expected


@pytest.mark.parametrize("name", names(*KINDS))
def test_a_format_takes_what_every_other_takes(name: str) -> None:
    format = format_of(name)
    for kind in format.kinds:
        ours, base = (inspect.signature(getattr(owner, kind)) for owner in (type(format), Format))
        assert list(ours.parameters) == list(base.parameters)
    assert format.escapes in BY_NAME


def test_every_kind_is_printed_by_a_command() -> None:
    text = "".join(file.read_text(encoding="utf-8") for file in COMMANDS.glob("*.py"))
    offered = re.findall(r"format_option\(\s*((?:\"\w+\",?\s*)+)", text)
    assert set(re.findall(r"\w+", " ".join(offered))) | {"statistics"} == set(KINDS)


def test_no_command_knows_a_format_by_its_name() -> None:
    """What differs between formats is asked of the format. (`text` is the default; `specs` prints a spec as it is.)"""
    compared = re.compile(r"format [!=]= \"(\w+)\"|format (?:not )?in \(")
    compared_names = {
        (file.name, match[1])
        for file in COMMANDS.glob("*.py")
        for match in compared.finditer(file.read_text(encoding="utf-8"))
    }
    assert compared_names <= {("specs.py", "text"), ("_print_findings.py", "text")}


@pytest.mark.parametrize("line", ["inspect lenet5", "window 10 -k 3", "memory lenet5", "gpus"])
def test_text_loads_no_other_format(line: str) -> None:
    loaded = {name for name in modules_of(line) if name.startswith("cnncalc.render.formats.")}
    assert loaded == {"cnncalc.render.formats._format", "cnncalc.render.formats.text"}


def test_a_format_loads_what_it_renders_and_no_other_kind() -> None:
    loaded = {
        name for name in modules_of("inspect lenet5 --format json") if name.startswith("cnncalc.render.")
    }
    assert {"cnncalc.render.formats.json", "cnncalc.render.report.json"} <= loaded
    assert not loaded & {
        "cnncalc.render.comparison.json",
        "cnncalc.render.fit.json",
        "cnncalc.render.formats.markdown",
        "cnncalc.render.formats.text",
        "cnncalc.render.report.text",
    }
