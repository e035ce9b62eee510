"""The library's way in: load, analyse, estimate, findings; what importing it brings along."""

import gc
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import cnncalc
from cnncalc import zoo
from cnncalc.diagnostic import Severity
from tests.commands._program import environment

TEXT = "cnncalc: 1\nname: Small\nparams: {width: 8}\ninput: 8x8x3\nlayers:\n  - conv: {filters: $width, kernel: 3}\n"
TWO_MODES = TEXT + "  - relu:\n    only: training\n"


class TestLoad:
    def test_from_text(self) -> None:
        graph = cnncalc.load(TEXT)
        assert graph.ok
        assert graph.spec.name == "Small"
        assert [str(node.shape) for node in graph.nodes] == ["8x8x3", "6x6x8"]

    @pytest.mark.parametrize(
        "text",
        ['{"cnncalc": 1, "input": 4, "layers": [{"fc": 2}]}', " {cnncalc: 1, input: 4, layers: [fc: 2]}"],
    )
    def test_from_a_text_on_one_line(self, text: str) -> None:
        assert [str(node.shape) for node in cnncalc.load(text).nodes] == ["4", "2"]

    def test_a_file_whose_name_is_in_braces_is_a_file(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        Path("{net}.yaml").write_text(TEXT)
        assert cnncalc.load("{net}.yaml").ok

    @pytest.mark.parametrize("kind", [str, Path])
    def test_from_a_path(self, tmp_path: Path, kind: type) -> None:
        path = tmp_path / "net.yaml"
        path.write_text(TEXT)
        graph = cnncalc.load(kind(path))
        assert graph.ok
        assert graph.spec.file == str(path)

    def test_from_a_shipped_name(self) -> None:
        assert cnncalc.load("vgg16").spec.name == "VGG-16"
        assert cnncalc.load("vgg16").spec.file == "vgg16.yaml"

    def test_a_file_comes_before_the_shipped_spec_of_its_name(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        (tmp_path / "vgg16").write_text(TEXT)
        assert cnncalc.load("vgg16").spec.name == "Small"

    def test_a_spec_over_another(self, tmp_path: Path) -> None:
        (tmp_path / "base.yaml").write_text(TEXT)
        (tmp_path / "wide.yaml").write_text(
            "cnncalc: 1\nextends: base.yaml\nname: Wide\nparams: {width: 32}\n"
        )
        graph = cnncalc.load(tmp_path / "wide.yaml")
        assert graph.ok
        assert (graph.spec.name, str(graph.nodes[-1].shape)) == ("Wide", "6x6x32")

    def test_in_a_mode(self) -> None:
        assert len(cnncalc.load(TWO_MODES).layers) == 1
        assert len(cnncalc.load(TWO_MODES, mode="training").layers) == 2

    def test_with_values(self) -> None:
        assert str(cnncalc.load(TEXT, values={"width": 4}).nodes[-1].shape) == "6x6x4"

    def test_strictly(self) -> None:
        text = TEXT.replace("kernel: 3", "kernel: 3, stride: 2, padding: 1")
        assert cnncalc.load(text).ok
        assert not cnncalc.load(text, strict=True).ok

    def test_up_to_a_number_of_nodes(self) -> None:
        assert [item.code for item in cnncalc.load("vgg16", max_nodes=10).diagnostics] == ["L018"]

    @pytest.mark.parametrize("on", [True, False])
    def test_leaves_the_cycle_collector_as_it_was(self, on: bool) -> None:
        was = gc.isenabled()
        try:
            (gc.enable if on else gc.disable)()
            cnncalc.load(TEXT)
            assert gc.isenabled() is on
        finally:
            (gc.enable if was else gc.disable)()


class TestFaults:
    """Nothing a spec can hold is raised."""

    @pytest.mark.parametrize(
        ("given", "code"),
        [
            ("no such file", "Y001"),
            ("", "Y001"),
            ("a\0b", "Y001"),
            ("x" * 10_000, "Y001"),
            ("\n", "Y017"),
            ("[\n", "Y005"),
            ("cnncalc: 1\n\0", "Y003"),
            ("cnncalc: 1\n\ud800", "Y003"),
            ("layers: [relu]\n", "L004"),
            (TEXT.replace("kernel", "kernal"), "L001"),
            (TEXT.replace("$width", "1 / 0"), None),
            (TEXT.replace("kernel: 3", "kernel: 9"), "S005"),
            ("cnncalc: 1\nlayers: " + "[" * 100_000, "Y006"),
            ("cnncalc: 1\n" + "x" * 2_000_000, "Y004"),
        ],
    )
    def test_are_diagnostics(self, given: str, code: str | None) -> None:
        graph = cnncalc.load(given)
        assert not graph.ok
        assert code in (None, *(item.code for item in graph.diagnostics))
        analysis = cnncalc.analyse(graph)
        assert analysis.totals.params is None or code is None
        assert cnncalc.findings(analysis)

    def test_of_a_folder_and_of_bytes(self, tmp_path: Path) -> None:
        assert [item.code for item in cnncalc.load(tmp_path).diagnostics] == ["Y001"]
        (tmp_path / "net.yaml").write_bytes(b"\xff\xfe\x00")
        assert [item.code for item in cnncalc.load(tmp_path / "net.yaml").diagnostics] == ["Y002"]

    def test_of_values_that_do_not_fit(self) -> None:
        graph = cnncalc.load(TEXT, values={"width": "wide"})
        assert not graph.ok

    def test_every_fault_is_known_and_placed(self) -> None:
        graph = cnncalc.load(TEXT.replace("kernel: 3", "kernel: 9, stride: 0"))
        for item in graph.diagnostics:
            assert isinstance(item, cnncalc.Diagnostic)
            assert item.span.file in graph.sources
            assert item.span.line == 6


class TestAnalyse:
    def test_gives_the_figures(self) -> None:
        analysis = cnncalc.analyse(cnncalc.load("vgg16"))
        assert isinstance(analysis, cnncalc.Analysis)
        assert analysis.totals.params == 138_357_544
        assert analysis.totals.macs == 15_470_264_320

    def test_passes_run_when_they_are_asked_for(self) -> None:
        analysis = cnncalc.analyse(cnncalc.load(TEXT))
        assert not {"parameters", "work", "storage", "totals"} & vars(analysis).keys()
        _ = analysis.work
        assert vars(analysis).keys() & {"parameters", "work", "storage", "totals"} == {"work"}
        assert analysis.work is analysis.work

    def test_of_a_batch_in_a_type(self) -> None:
        graph = cnncalc.load("vgg16")
        first, many = cnncalc.analyse(graph), cnncalc.analyse(graph, batch=32, dtype="float16")
        assert first.totals.activation_bytes == 4 * 15_237_608
        assert many.totals.activation_bytes == 2 * 32 * 15_237_608


class TestEstimate:
    def test_is_of_the_graphs_own_mode(self) -> None:
        for mode in ("inference", "training"):
            estimate = cnncalc.estimate(cnncalc.load(TEXT, mode=mode))
            assert isinstance(estimate, cnncalc.Estimate)
            assert estimate.setup == cnncalc.Setup(mode=mode)
        memory = cnncalc.estimate(cnncalc.load(TEXT), cnncalc.Setup(mode="training", dtype="float16"))
        assert (memory.setup.mode, memory.setup.dtype) == ("inference", "float16")

    def test_is_made_once_for_any_batch(self) -> None:
        estimate = cnncalc.estimate(cnncalc.load("vgg16"))
        assert estimate.peak(32).nbytes > estimate.peak(1).nbytes > 4 * 138_357_544

    def test_needs_every_shape(self) -> None:
        with pytest.raises(ValueError, match="not every shape is known"):
            cnncalc.estimate(cnncalc.load(TEXT.replace("kernel: 3", "kernel: 9")))
        with pytest.raises(ValueError, match="not every shape is known"):
            cnncalc.estimate(cnncalc.load("vgg16", max_nodes=10))

    def test_of_what_cannot_be(self) -> None:
        with pytest.raises(ValueError, match="for training only"):
            cnncalc.estimate(cnncalc.load(TEXT), cnncalc.Setup(optimizer="adam"))


class TestFindings:
    def test_are_of_the_text_the_graph_and_the_rules_in_the_order_of_the_text(self) -> None:
        text = TEXT.replace("kernel: 3", "kernel: 3, stride: 2, padding: 1").replace(
            "{width: 8}", "{width: 8, extra: 1}"
        )
        text += "  - conv: 8\n  - conv: 8\n    from: conv1\n"
        diagnostics = cnncalc.findings(cnncalc.analyse(cnncalc.load(text)))
        assert [(item.code, item.span.line) for item in diagnostics] == [
            ("L016", 3),
            ("S002", 6),
            ("G001", 7),
        ]

    def test_of_rules_wait_until_there_is_no_error(self) -> None:
        text = TEXT + "  - conv: 0\n  - conv: 8\n    from: conv1\n"
        assert [item.code for item in cnncalc.findings(cnncalc.analyse(cnncalc.load(text)))] == ["L003"]

    @pytest.mark.parametrize("name", ["vgg16", "resnet50"])
    def test_of_shipped_specs_are_notes_at_most(self, name: str) -> None:
        diagnostics = cnncalc.findings(cnncalc.analyse(cnncalc.load(name)))
        assert all(item.severity is Severity.INFO for item in diagnostics)


class TestPackage:
    def test_offers_what_it_says(self) -> None:
        for name in cnncalc.__all__:
            assert getattr(cnncalc, name) is not None

    def test_has_nothing_else(self) -> None:
        with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
            _ = cnncalc.nothing

    def test_its_example_is_true(self) -> None:
        import doctest

        assert doctest.testmod(cnncalc) == (0, 3)


def modules(code: str, **env: Any) -> set[str]:
    """The modules that a program has when it has run some code."""
    page = f"{code}\nimport sys\nprint(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", page], env=environment(**env), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return {name.partition(".")[0] for name in done.stdout.split()} | set(done.stdout.split())


class TestImports:
    HEAVY = frozenset(("click", "numpy", "rich", "torch", "yaml"))

    def test_importing_the_package_imports_nothing_else(self) -> None:
        modules_found = modules("import cnncalc")
        assert not modules_found & self.HEAVY
        assert {name for name in modules_found if name.startswith("cnncalc")} == {"cnncalc"}

    def test_using_the_library_imports_no_command_line(self) -> None:
        modules_found = modules("import cnncalc; cnncalc.findings(cnncalc.analyse(cnncalc.load('vgg16')))")
        assert "yaml" in modules_found
        assert not modules_found & (self.HEAVY - {"yaml"})

    def test_the_check_finds_an_import(self) -> None:
        assert {"click", "rich"} <= modules("import cnncalc, click, rich")

    def test_only_the_command_that_runs_is_loaded(self) -> None:
        code = (
            "from cnncalc.cli import main\ntry:\n  main(['window', '9', '-k3'])\nexcept SystemExit: print()"
        )
        loaded = {name for name in modules(code) if name.startswith("cnncalc.commands.")}
        assert {name for name in loaded if not name.startswith("cnncalc.commands._")} == {
            "cnncalc.commands.window"
        }


def test_the_zoo_can_be_loaded_by_every_name() -> None:
    for name in zoo.names()[:5]:
        assert cnncalc.load(name).ok
