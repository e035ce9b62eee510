"""`cnncalc expand`: a spec with nothing left to be expanded, itself valid, with equal figures."""

import json
from pathlib import Path
from typing import Any

import pytest

import cnncalc
from cnncalc import zoo
from cnncalc.diagnostic import Severity
from cnncalc.graph import Graph
from cnncalc.render.expansion import expansion
from tests._depth import NETWORKS, long_but
from tests.commands._program import Ended, run

NET = """\
cnncalc: 1
name: "Two heads: a test"
source: 'somebody # 2020, "quoted"'
strict: true
params: {width: 8}
inputs: {image: 33x33x3, depth: {height: 33, width: 33, channels: 1}}
outputs: [scores, mask, dropped]
defaults: {conv: {padding: half, norm: bn, act: relu}}
blocks:
  unit:
    params: {filters: required, stride: 1}
    layers:
      - residual:
          - conv: {filters: $filters, kernel: 3, stride: $stride}
          - conv: {filters: $filters, kernel: 3, act: none}
        shortcut: project
      - relu
layers:
  - concat: [image, depth]
  - {unit: {filters: 2 * $width}, repeat: 2, first: {stride: 2}}
  - conv: {filters: 16, kernel: 3, bias: true}
    name: stem
  - conv: {filters: 16, kernel: 3, norm: none}
    repeat: 2
    share: stem
    when: false
  - conv: {filters: 16, kernel: 4, stride: 4, padding: {left: 1, bottom: 2}}
    allow: {S001: "as published: 1 column", S002: fine, S003: "yes"}
  - conv: {filters: 16, kernel: [1, 3], norm: none, act: leaky_relu}
    name: mask
  - global_avgpool:
    from: stem
  - fc: 10
    name: scores
  - dropout: 0.5
    from: stem
    only: training
    name: dropped
"""
# Texts that YAML could take for something else.
NAMES = [
    "Net: a", "'Net'", '"Net"', "no", "1.0", "null", " Net ", "# Net", "Net # 1", "- Net", "[Net]", "Net\\n", "ñ 網",
    "{a}", "&a", "*a", "!a", "%a", "@a", "`a`", "a: b", "a:", "a,b", "~", "0x10", "1e3", "2020-01-01", "?", "|", ">",
    "a #b", "a  b",
]  # fmt: skip


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def expand(*arguments: str, **options: Any) -> Ended:
    return run("expand", *arguments, **options)


def figures(graph: Graph) -> tuple[Any, ...]:
    """Everything that must stay equal: totals, and of every layer its volume, parameters, work, memory, field."""
    analysis = cnncalc.analyse(graph)
    return (
        analysis.totals,
        [(node.name, node.kind, node.shape, node.inputs, node.owner) for node in graph.nodes],
        analysis.parameters,
        analysis.work,
        analysis.storage,
        analysis.receptive_fields,
        [graph.nodes[output].name for output in graph.outputs],
    )


def faults(graph: Graph) -> list[tuple[str, str]]:
    diagnostics = cnncalc.findings(cnncalc.analyse(graph))
    return [(item.code, item.message) for item in diagnostics if item.severity > Severity.INFO]


@pytest.mark.parametrize("mode", ["inference", "training"])
@pytest.mark.parametrize("name", long_but(NETWORKS, zoo.names()))
def test_every_shipped_spec(name: str, mode: str) -> None:
    before = cnncalc.load(name, mode=mode)
    text = "".join(expansion(before))
    after = cnncalc.load(text, mode=mode)
    assert faults(after) == faults(before)
    assert figures(after) == figures(before)
    if mode == "inference" or before.spec.two_modes:
        assert "".join(expansion(after)) == text


class TestSpec:
    @pytest.mark.parametrize("mode", ["inference", "training"])
    def test_is_what_the_command_prints(self, mode: str) -> None:
        text = "".join(expansion(cnncalc.load("googlenet", mode=mode)))
        assert expand("googlenet", "--mode", mode) == (0, text, "")

    @pytest.mark.parametrize("mode", ["inference", "training"])
    def test_of_every_key(self, mode: str) -> None:
        ended = expand("-", "--mode", mode, stdin=NET)
        assert (ended.status, ended.err) == (0, "")
        before, after = cnncalc.load(NET, mode=mode), cnncalc.load(ended.out, mode=mode)
        assert faults(after) == []
        assert figures(after) == figures(before)
        assert (after.spec.name, after.spec.origin) == (before.spec.name, before.spec.origin)
        assert after.spec.strict
        assert expand("-", stdin=ended.out).out == ended.out

    def test_has_nothing_left_to_expand(self) -> None:
        spec = cnncalc.load(expand("-", stdin=NET).out).spec
        assert (dict(spec.blocks), dict(spec.parameters), dict(spec.defaults), spec.two_modes) == (
            {},
            {},
            {},
            False,
        )
        for word in ("$", "repeat", "when", "only", "first", "residual", "sequence"):
            assert word not in expand("-", stdin=NET).out

    def test_keeps_what_is_allowed(self) -> None:
        text = expand("-", stdin=NET).out
        # What else is allowed there is not found in it.
        assert 'allow: {S001: "as published: 1 column"}' in text

    def test_keeps_what_comments_accept(self) -> None:
        text = """\
# cnncalc: ignore-file[G005] a test of the file
cnncalc: 1
input: 33x33x3  # cnncalc: ignore[D001] as published
budget:
  params: <= 10  # cnncalc: ignore[C001] later
  memory: {inference: <= 1KiB, batch: 1}  # cnncalc: ignore[C004]
blocks:
  b:
    layers:
      - conv: {filters: 4, kernel: 2, stride: 2, act: relu}
      - relu
layers:
  - sequence: [b, b]
    allow: {S001: as published}
  - conv:
      filters: 8
      kernel: 3
      stride: 2  # cnncalc: ignore[S001] so be it, too
"""
        expanded = expand("-", stdin=text).out
        assert expanded.count("allow: {S001: as published}") == 1
        assert expanded.count("# cnncalc: ignore[G005] a test of the file") == 2
        assert "groups: 1}  # cnncalc: ignore[S001] so be it, too\n" in expanded
        assert 'params: "<= 10"  # cnncalc: ignore[C001] later\n' in expanded
        assert "batch: 1}  # cnncalc: ignore[C004]\n" in expanded
        for line in (text, expanded):
            ended = run("inspect", "-", stdin=line)
            assert (ended.status, ended.err) == (0, "")
        findings = run("validate", "-", "--format", "json", "--ignore", "L1", stdin=expanded).out
        assert '"code": "C' not in findings
        assert '"code": "G005"' not in findings
        assert expand("-", stdin=expanded).out == expanded

    def test_is_of_the_values_that_are_set(self) -> None:
        text = expand("mobilenet_v1", "--set", "width=0.5").out
        assert cnncalc.analyse(cnncalc.load(text)).totals.params == 1_331_592

    def test_can_be_inspected_from_a_pipe(self) -> None:
        text = expand("lenet5").out
        assert run("inspect", "-", "--format", "csv", stdin=text).status == 0
        assert run("validate", "-", stdin=text).status == 0

    @pytest.mark.parametrize("name", NAMES)
    def test_keeps_any_name(self, name: str, folder: Path) -> None:
        text = f"cnncalc: 1\nname: {json.dumps(name)}\nsource: {json.dumps(name)}\ninput: 3x3x1\nlayers: [relu]\n"
        before = cnncalc.load(text)
        assert before.ok
        after = cnncalc.load(expand("-", stdin=text).out)
        assert after.ok
        assert (after.spec.name, after.spec.origin) == (before.spec.name, before.spec.origin)


class TestFaults:
    def test_of_a_spec_end_it(self) -> None:
        ended = expand("-", stdin="cnncalc: 1\ninput: 8x8x3\nlayers:\n  - conv: {filters: 8, kernel: 9}\n")
        assert (ended.status, ended.out) == (1, "")
        assert "error[S005]" in ended.err

    def test_of_the_rules_do_not(self) -> None:
        text = "cnncalc: 1\ninput: 8x8x3\nparams: {unused: 1}\nlayers:\n  - conv: 8\n"
        ended = expand("-", stdin=text)
        assert ended.status == 0
        assert "warning[L016]" in ended.err
        assert cnncalc.load(ended.out).ok

    def test_a_spec_that_cannot_be_read(self) -> None:
        ended = expand("nothing.yaml")
        assert (ended.status, ended.out) == (2, "")

    def test_too_many_layers(self) -> None:
        ended = expand("vgg16", "--max-nodes", "10")
        assert (ended.status, ended.out) == (1, "")
        assert "error[L018]" in ended.err


class TestOutput:
    def test_to_a_file_is_what_is_shown(self, folder: Path) -> None:
        assert expand("lenet5", "-o", "flat.yaml") == (0, "", "")
        assert (folder / "flat.yaml").read_text() == expand("lenet5").out

    @pytest.mark.parametrize(
        ("path", "says"), [("no/flat.yaml", "there is no such folder"), (".", "it is a folder")]
    )
    def test_that_cannot_be_written(self, path: str, says: str) -> None:
        ended = expand("lenet5", "-o", path)
        assert (ended.status, ended.out) == (2, "")
        assert says in ended.err
