"""`cnncalc new`: what it writes is valid, and no file is lost."""

from pathlib import Path

import pytest

import cnncalc
from cnncalc import zoo
from cnncalc.commands._starter import EDITOR, copy
from cnncalc.schema import ADDRESS
from tests._depth import NETWORKS, long_but
from tests.commands._program import run

CLEAN = "all clean\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("arguments", [(), ("Mine",), ('yes: #1 "no"',), ("réseau",), ("12",), ("--", "-x")])
def test_is_valid_as_it_is(arguments: tuple[str, ...]) -> None:
    text = run("new", *arguments).out
    ended = run("validate", "-", "--strict", "--preview", stdin=text)
    assert (ended.status, ended.err) == (0, "")
    assert ended.out.endswith(CLEAN)
    if arguments:
        assert cnncalc.load(text).spec.name == arguments[-1]


def test_its_first_line_leads_an_editor_to_the_schema() -> None:
    for arguments in ((), ("--like", "vgg16")):
        assert run("new", *arguments).out.splitlines()[0] == f"# yaml-language-server: $schema={ADDRESS}"


def test_every_comment_explains_and_every_line_fits_a_page() -> None:
    lines = run("new").out.splitlines()
    assert sum("#" in line for line in lines) > 12
    assert max(map(len, lines[1:])) <= 104


@pytest.mark.parametrize("name", long_but(NETWORKS, zoo.names()))
def test_like_a_shipped_one_is_that_network_and_stands_alone(name: str) -> None:
    copied, shipped = cnncalc.load(copy(name, None)), cnncalc.load(name)
    assert cnncalc.analyse(copied).totals == cnncalc.analyse(shipped).totals
    assert [node.shape for node in copied.nodes] == [node.shape for node in shipped.nodes]
    assert (copied.spec.name, copied.spec.origin) == (shipped.spec.name, shipped.spec.origin)
    assert "extends" not in copy(name, None).split("layers:")[0].split("cnncalc: 1")[1]


def test_like_a_shipped_one_keeps_its_comments_and_takes_a_name() -> None:
    text = run("new", "--like", "vgg16", "Mine").out
    # What is printed elsewhere is about the shipped network alone.
    source, _, _ = run("specs", "vgg16").out.partition("claims:")
    assert "claims" not in text
    assert text.startswith(EDITOR)
    assert set(source.splitlines()) - set(text.splitlines()) == {"name: VGG-16"}
    assert cnncalc.load(text).spec.name == "Mine"


def test_like_none_suggests_several_names() -> None:
    ended = run("new", "--like", "resnet5")
    assert (ended.status, ended.out) == (2, "")
    assert "there is no shipped spec 'resnet5'; there are resnet50, " in ended.err


def test_a_shipped_name_may_be_meant_as_like() -> None:
    assert "`cnncalc new --like vgg16`" in run("new", "vgg16").err
    assert run("new", "mine").err == ""


class TestOutput:
    def test_is_a_file(self, folder: Path) -> None:
        ended = run("new", "-o", "net.yaml")
        assert (ended.status, ended.out) == (0, "")
        assert (folder / "net.yaml").read_text() == run("new").out

    @pytest.mark.parametrize("there", ["mine", ""])
    def test_never_takes_the_place_of_another(self, folder: Path, there: str) -> None:
        (folder / "net.yaml").write_text(there)
        ended = run("new", "-o", "net.yaml")
        assert (ended.status, ended.out) == (2, "")
        assert "net.yaml exists already; --force replaces it" in ended.err
        assert (folder / "net.yaml").read_text() == there

    def test_not_even_of_a_broken_link(self, folder: Path) -> None:
        (folder / "net.yaml").symlink_to("elsewhere.yaml")
        assert run("new", "-o", "net.yaml").status == 2
        assert not (folder / "elsewhere.yaml").exists()

    def test_with_force_does(self, folder: Path) -> None:
        (folder / "net.yaml").write_text("mine")
        assert run("new", "-o", "net.yaml", "--force").status == 0
        assert (folder / "net.yaml").read_text() == run("new").out

    @pytest.mark.parametrize("arguments", [("--force",), ("",), ("-o", "."), ("-o", "none/net.yaml")])
    def test_that_makes_no_sense_is_a_usage_error(self, arguments: tuple[str, ...]) -> None:
        assert run("new", *arguments).status == 2
