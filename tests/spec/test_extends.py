"""`extends`: a family is one file and short variants."""

from pathlib import Path

import pytest

import cnncalc
from cnncalc.graph import Graph

BASE = """cnncalc: 1
name: Base
source: of the base
input: 8x8x3
params: {width: 4, double: $width * 2}
layers:
  - conv: $width
  - conv: $double
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "base.yaml").write_text(BASE)
    return tmp_path


def variant(folder: Path, text: str, name: str = "variant.yaml") -> Graph:
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"cnncalc: 1\n{text}\n")
    return cnncalc.load(path)


def places(graph: Graph) -> list[tuple[str, str, int]]:
    return [(item.code, Path(item.span.file).name, item.span.line) for item in graph.diagnostics]


def shapes(graph: Graph) -> list[str]:
    return [str(node.shape) for node in graph.nodes]


def test_takes_over_everything(folder: Path) -> None:
    graph = variant(folder, "extends: base.yaml")
    assert graph.diagnostics == ()
    assert shapes(graph) == ["8x8x3", "8x8x4", "8x8x8"]
    assert (graph.spec.name, graph.spec.origin) == ("Base", "of the base")


def test_overrides_name_source_input_and_params(folder: Path) -> None:
    graph = variant(
        folder, "extends: base.yaml\nname: Wide\nsource: of the variant\ninput: 6x6x1\nparams: {width: 5}"
    )
    assert graph.diagnostics == ()
    assert shapes(graph) == ["6x6x1", "6x6x5", "6x6x10"]
    assert (graph.spec.name, graph.spec.origin) == ("Wide", "of the variant")


def test_an_override_may_be_made_of_the_parameters_before_it(folder: Path) -> None:
    assert shapes(variant(folder, "extends: base.yaml\nparams: {double: $width * 3}"))[-1] == "8x8x12"
    for params in ("{width: $double}", "{width: $width + 1}"):
        assert places(variant(folder, f"extends: base.yaml\nparams: {params}")) == [
            ("L009", "variant.yaml", 3)
        ]


def test_values_come_over_both(folder: Path) -> None:
    path = folder / "variant.yaml"
    path.write_text("cnncalc: 1\nextends: base.yaml\nparams: {width: 5}\n")
    assert shapes(cnncalc.load(path, values={"width": 7})) == ["8x8x3", "8x8x7", "8x8x14"]


def test_a_variant_of_a_variant(folder: Path) -> None:
    variant(folder, "extends: base.yaml\nname: One\nparams: {width: 5}", "one.yaml")
    graph = variant(folder, "extends: one.yaml\nparams: {double: 3}")
    assert graph.diagnostics == ()
    assert shapes(graph) == ["8x8x3", "8x8x5", "8x8x3"]
    assert graph.spec.name == "One"


def test_faults_stand_in_the_file_they_are_in(folder: Path) -> None:
    (folder / "base.yaml").write_text(BASE + "  - convv: 3\n  - relu\n")
    graph = variant(folder, "extends: base.yaml\nparams: {width: 0, double: 4}")
    assert places(graph) == [("L003", "base.yaml", 7), ("L002", "base.yaml", 9)]
    assert {Path(name).name for name in graph.sources} == {"base.yaml", "variant.yaml"}


def test_a_base_in_a_folder_below(folder: Path) -> None:
    (folder / "family").mkdir()
    (folder / "family" / "base.yaml").write_text(BASE)
    assert variant(folder, "extends: family/base.yaml").ok


@pytest.mark.parametrize("key", ["layers: [relu]", "blocks: {}", "defaults: {}", "strict: true", "outputs: a",
                                 "inputs: {a: 8x8x3}"])  # fmt: skip
def test_what_can_not_be_overridden(folder: Path, key: str) -> None:
    assert ("L023", "variant.yaml", 3) in places(variant(folder, f"extends: base.yaml\n{key}"))


def test_a_parameter_that_the_base_lacks(folder: Path) -> None:
    graph = variant(folder, "extends: base.yaml\nparams: {widht: 5}")
    assert places(graph) == [("L001", "variant.yaml", 3)]
    assert graph.diagnostics[0].help == "did you mean `width`?"


def test_a_variant_needs_its_version(folder: Path) -> None:
    path = folder / "variant.yaml"
    path.write_text("extends: base.yaml\n")
    assert places(cnncalc.load(path)) == [("L004", "variant.yaml", 1)]


@pytest.mark.parametrize(
    "target",
    ["variant.yaml", "./variant.yaml", "../base.yaml", "/etc/base.yaml", "none.yaml", "", "[base.yaml]", "3", ".",
     "x/../../base.yaml", "link.yaml", "text.txt", "list.yaml", '"a\\tb.yaml"'],
)  # fmt: skip
def test_bases_that_can_not_be_taken_over(folder: Path, target: str) -> None:
    inner = folder / "inner"
    inner.mkdir()
    (inner / "link.yaml").symlink_to(folder / "base.yaml")
    (inner / "text.txt").write_text("just words\n")
    (inner / "list.yaml").write_text("- relu\n")
    graph = variant(inner, f"extends: {target}")
    assert places(graph)[0] == ("L019", "variant.yaml", 2)
    assert len(graph.diagnostics) == 1
    assert graph.nodes == ()


def test_specs_that_extend_each_other(folder: Path) -> None:
    (folder / "one.yaml").write_text("cnncalc: 1\nextends: two.yaml\n")
    (folder / "two.yaml").write_text("cnncalc: 1\nextends: one.yaml\n")
    assert places(cnncalc.load(folder / "one.yaml")) == [("L019", "two.yaml", 2)]


def test_long_chains(folder: Path) -> None:
    (folder / "v0.yaml").write_text(BASE)
    for index in range(1, 10):
        (folder / f"v{index}.yaml").write_text(f"cnncalc: 1\nextends: v{index - 1}.yaml\n")
    assert cnncalc.load(folder / "v7.yaml").ok
    assert [code for code, *_ in places(cnncalc.load(folder / "v9.yaml"))] == ["L019"]


def test_a_base_with_faults_of_its_text(folder: Path) -> None:
    (folder / "base.yaml").write_text("cnncalc: [1\n")
    assert places(variant(folder, "extends: base.yaml")) == [("Y005", "base.yaml", 1)]


def test_a_text_can_not_extend() -> None:
    graph = cnncalc.load("cnncalc: 1\nextends: base.yaml\n")
    assert [item.code for item in graph.diagnostics] == ["L019"]


class TestOfAShippedSpec:
    def test_goes_by_its_name(self, folder: Path) -> None:
        graph = variant(folder, "extends: lenet5\nname: Mine")
        assert graph.diagnostics == cnncalc.load("lenet5").diagnostics
        assert shapes(graph) == shapes(cnncalc.load("lenet5"))
        assert graph.spec.name == "Mine"

    def test_needs_no_folder(self) -> None:
        assert cnncalc.load("cnncalc: 1\nextends: lenet5\n").ok

    def test_may_extend_another(self, folder: Path) -> None:
        assert variant(folder, "extends: vgg11").ok
        assert shapes(variant(folder, "extends: efficientnet_b1"))[0] == "240x240x3"

    def test_comes_after_a_file_of_its_name_and_before_a_folder(self, folder: Path) -> None:
        (folder / "vgg16").mkdir()
        assert variant(folder, "extends: vgg16").spec.origin == cnncalc.load("vgg16").spec.origin
        (folder / "lenet5").write_text(BASE)
        assert variant(folder, "extends: lenet5").spec.origin == "of the base"

    def test_of_the_name_of_the_file_has_places_of_its_own(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(folder)
        graph = variant(Path(), "extends: resnet50\ninput: 9x9x3", "resnet50.yaml")
        assert {item.span.file for item in graph.diagnostics} == {"shipped:resnet50.yaml"}
        assert set(graph.sources) == {"resnet50.yaml", "shipped:resnet50.yaml"}

    @pytest.mark.parametrize(
        ("name", "help"),
        [
            ("resnet5", "`resnet50`"),
            ("ressnet50", "`resnet50`"),
            ("lenet5.yaml", "write `extends: lenet5`"),
            ("specs/lenet5.yaml", "write `extends: lenet5`"),
            ("bsae.yaml", "there is `base.yaml` here"),
            ("bsae", "there is `base.yaml` here"),
            ("zzz", "`cnncalc specs`"),
        ],
    )
    def test_of_another_name_has_suggestions(self, folder: Path, name: str, help: str) -> None:
        (fault,) = variant(folder, f"extends: {name}").diagnostics
        assert fault.code == "L019"
        assert help in (fault.help or "")

    def test_without_a_folder_is_suggested_too(self) -> None:
        (fault,) = cnncalc.load("cnncalc: 1\nextends: ressnet50\n").diagnostics
        assert "`resnet50`" in (fault.help or "")


class TestExpectOfTheParent:
    BASE = "cnncalc: 1\ninput: 8x8x3\nlayers:\n  - relu:\n    expect: 8x8x3\n  - conv: 2\n    expect: 9x9x2\n"

    def test_is_not_checked_for_another_input(self, folder: Path) -> None:
        (folder / "base.yaml").write_text(self.BASE)
        graph = variant(folder, "extends: base.yaml\ninput: 9x9x3")
        assert graph.diagnostics == ()
        assert graph.unchecked.expects == 2
        variant(folder, "extends: base.yaml\ninput: 9x9x3", "one.yaml")
        assert variant(folder, "extends: one.yaml").unchecked.expects == 2

    @pytest.mark.parametrize("input", ["", "input: 8x8x3", "input: {channels: 3, height: 8, width: 8}"])
    def test_is_checked_for_its_own(self, folder: Path, input: str) -> None:
        (folder / "base.yaml").write_text(self.BASE)
        graph = variant(folder, f"extends: base.yaml\n{input}")
        assert places(graph) == [("S102", "base.yaml", 7)]
        assert graph.unchecked.expects == 0

    def test_is_checked_again_where_the_own_input_is_asked_for(self, folder: Path) -> None:
        (folder / "base.yaml").write_text(self.BASE)
        path = folder / "variant.yaml"
        path.write_text("cnncalc: 1\nextends: base.yaml\ninput: 9x9x3\n")
        assert cnncalc.load(path, input=8).unchecked.expects == 0
        assert cnncalc.load(path, input=10).unchecked.expects == 2
