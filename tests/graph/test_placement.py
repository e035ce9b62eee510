"""Which device computes a layer, and what is reported where that is not clear."""

import pytest

import cnncalc
from cnncalc.graph import Graph
from cnncalc.render.expansion import expansion

HEAD = "cnncalc: 1\ninput: 8x8x3\n"


def load(layers: str, head: str = HEAD, *, mode: str = "inference") -> Graph:
    return cnncalc.load(f"{head}layers:\n{layers}", mode=mode)


def places(graph: Graph) -> dict[str, str | None]:
    assert graph.ok, graph.diagnostics
    return {node.name: node.place for node in graph.layers}


def codes(graph: Graph) -> list[str]:
    return [item.code for item in graph.diagnostics]


class TestInheritance:
    def test_a_network_without_place_has_no_devices(self) -> None:
        graph = load("  - conv: 4\n  - relu\n")
        assert (graph.devices, set(places(graph).values())) == ((), {None})

    def test_a_layer_without_place_is_where_what_it_reads_is(self) -> None:
        graph = load("  - {conv: 4, place: gpu0}\n  - relu\n  - {conv: 4, place: gpu1}\n  - flatten\n")
        assert list(places(graph).values()) == ["gpu0", "gpu0", "gpu1", "gpu1"]
        assert graph.devices == ("gpu0", "gpu1")

    def test_a_place_holds_for_norm_act_and_every_repetition(self) -> None:
        graph = load("  - {conv: {filters: 4, norm: bn, act: relu}, repeat: 2, place: gpu0}\n")
        assert set(places(graph).values()) == {"gpu0"}
        assert len(graph.layers) == 6

    def test_the_innermost_place_counts(self) -> None:
        graph = load(
            "  - sequence:\n      - conv: 4\n      - sequence: [{conv: 4, place: gpu2}, relu]\n        place: gpu1\n"
            "      - {conv: 4, place: gpu0}\n    place: gpu0\n"
        )
        assert list(places(graph).values()) == ["gpu0", "gpu2", "gpu1", "gpu0"]

    def test_branches_of_a_merge_and_the_merge_itself(self) -> None:
        graph = load("  - concat: [[{conv: 4, place: gpu0}], [conv: 4]]\n    place: gpu1\n")
        assert places(graph) == {"conv1": "gpu0", "conv2": "gpu1", "concat1": "gpu1"}

    def test_a_residual_with_its_shortcut_and_sum(self) -> None:
        layers = (
            "  - {conv: 4, place: gpu0}\n  - residual: [conv: 8]\n    shortcut: project\n    place: gpu1\n"
        )
        assert set(list(places(load(layers)).values())[1:]) == {"gpu1"}

    def test_a_block_has_the_place_of_its_use_and_may_take_it_as_a_parameter(self) -> None:
        head = HEAD + (
            "blocks:\n  plain: {layers: [conv: 4, relu]}\n"
            "  own: {params: {gpu: required}, layers: [{conv: 4, place: $gpu}, relu]}\n"
        )
        graph = load("  - {plain: {}, place: gpu0}\n  - own: gpu1\n  - own: {gpu: 'cuda:1'}\n", head)
        assert list(places(graph).values()) == ["gpu0", "gpu0", "gpu1", "gpu1", "cuda:1", "cuda:1"]

    def test_a_parameter_of_the_network_chooses_the_device(self) -> None:
        head = HEAD + "params: {deep: true}\n"
        layers = "  - {conv: 4, place: gpu0}\n  - {conv: 4, when: $deep, place: gpu1}\n  - relu\n"
        assert load(layers, head).devices == ("gpu0", "gpu1")
        graph = cnncalc.load(f"{head}layers:\n{layers}", values={"deep": False})
        assert graph.devices == ("gpu0",)

    def test_a_device_changes_no_figure(self) -> None:
        with_place = load(
            "  - {conv: 4, place: gpu0}\n  - {fc: 3, from: prev, place: gpu1}\n".replace("fc: 3", "conv: 3")
        )
        without = load("  - conv: 4\n  - conv: 3\n")
        assert cnncalc.analyse(with_place).totals == cnncalc.analyse(without).totals

    def test_the_expanded_spec_has_the_same_devices(self) -> None:
        graph = load(
            "  - {conv: {filters: 4, act: relu}, place: 'cuda:0'}\n  - {conv: 4, place: gpu1}\n  - relu\n"
        )
        again = cnncalc.load("".join(expansion(graph)))
        assert places(again) == places(graph)

    def test_a_place_of_nothing_is_none(self) -> None:
        for inner in ("{conv: 4, when: false}", "{conv: 4, only: training}", "{conv: 4, repeat: 0}"):
            graph = load(f"  - conv: 4\n  - {{sequence: [{inner}], place: gpu0}}\n")
            assert (graph.devices, codes(graph)) == ((), [])


class TestUnclear:
    def test_a_merge_of_two_devices_says_where_it_is(self) -> None:
        graph = load("  - concat: [[{conv: 4, place: gpu0}], [{conv: 9, place: gpu1}]]\n  - relu\n")
        (report,) = graph.diagnostics
        assert (report.code, report.span.line) == ("S108", 4)
        assert "`conv1` on gpu0, `conv2` on gpu1" in report.message
        # The one that would receive least comes first.
        assert report.help == (
            "put `place: gpu1` (it receives 256 values an image) or `place: gpu0` (it receives 576 values an image)"
            " beside it"
        )
        assert graph.devices == ()

    @pytest.mark.parametrize("place", ["gpu0", "gpu1"])
    def test_the_help_works(self, place: str) -> None:
        text = f"  - concat: [[{{conv: 4, place: gpu0}}], [{{conv: 9, place: gpu1}}]]\n    place: {place}\n  - relu\n"
        assert load(text).ok

    def test_a_layer_that_reads_only_the_input(self) -> None:
        graph = load("  - conv: 4\n  - relu\n  - {conv: 4, place: gpu1}\n")
        (report,) = graph.diagnostics
        assert (report.code, report.span.line) == ("S108", 4)
        assert report.notes[0].text == "`conv2` has a `place`"
        assert load("  - {conv: 4, place: gpu1}\n  - relu\n  - {conv: 4, place: gpu1}\n").ok

    def test_each_cause_is_reported_once_and_its_followers_are_not(self) -> None:
        graph = load(
            "  - {conv: 4, place: gpu0}\n  - {conv: 4, from: in}\n  - relu\n  - {conv: 2, from: in}\n  - relu\n"
        )
        assert [(item.code, item.span.line) for item in graph.diagnostics] == [("S108", 5), ("S108", 7)]

    def test_weights_on_another_device(self) -> None:
        layers = "  - {conv: 3, name: a, place: gpu0}\n  - {conv: 3, share: a, place: gpu1}\n"
        graph = load(layers)
        assert codes(graph) == ["S109"]
        assert load(layers.replace("gpu1", "gpu0")).ok
        assert load(layers.replace("share: a, ", "")).ok

    def test_figures_that_do_not_depend_on_devices_are_known_all_the_same(self) -> None:
        graph = load("  - conv: 4\n  - {conv: 4, place: gpu1}\n")
        assert not graph.ok
        assert cnncalc.analyse(graph).totals.params == (3 * 4 + 4) + (4 * 4 + 4)

    def test_only_the_mode_in_which_it_is_unclear_reports_it(self) -> None:
        layers = "  - {conv: 4, name: a, place: gpu0}\n  - {conv: 4, place: gpu1}\n"
        layers += "  - {add: [a, prev], only: training}\n"
        assert load(layers).ok
        assert codes(load(layers, mode="training")) == ["S108"]


class TestBadNames:
    @pytest.mark.parametrize(
        ("value", "words"),
        [
            ("0", "not `0`"),
            ("-1", "not `-1`"),
            ("1.5", "not `1.5`"),
            ("true", "not `true`"),
            ("", "and here is none"),
            ("null", "and here is none"),
            ("[gpu0, gpu1]", "not a list or mapping"),
            ("{gpu: 0}", "not a list or mapping"),
            ('"gpu 0"', "not `gpu 0`"),
            ('""', "not ``"),
            ('"gpu:"', "not `gpu:`"),
            ("g" * 61, "not `ggg"),
            ('"gpu\\nerror"', "not `gpu"),
            ('"größe"', "not `größe`"),
        ],
    )
    def test_what_is_no_name_is_refused(self, value: str, words: str) -> None:
        graph = load(f"  - conv: 4\n    place: {value}\n  - relu\n")
        (report,) = graph.diagnostics
        assert (report.code, report.span.line) == ("L003", 5)
        assert words in report.message
        assert cnncalc.analyse(graph).totals.params == 16

    def test_the_fix_of_a_number_is_a_name(self) -> None:
        (report,) = load("  - conv: 4\n    place: 1\n").diagnostics
        assert report.fixes[0].edits[0].text == "gpu1"

    def test_a_parameter_that_is_no_name(self) -> None:
        graph = load(
            "  - {conv: 4, place: $where}\n  - {conv: 4, place: gpu1}\n", HEAD + "params: {where: 3}\n"
        )
        assert codes(graph) == ["L003"]

    def test_a_size_of_the_input_chooses_no_device(self) -> None:
        assert codes(load("  - {conv: 4, place: $in.channels}\n")) == ["L009"]

    @pytest.mark.parametrize(
        ("text", "code", "words"),
        [
            (HEAD + "place: gpu0\nlayers: [conv: 4]\n", "L001", "it is a control key"),
            (HEAD + "defaults: {conv: {place: gpu0}}\nlayers: [conv: 4]\n", "L001", "not inside it"),
            (HEAD + "layers:\n  - conv: {filters: 4, place: gpu0}\n", "L001", "not inside it"),
            (HEAD + "layers:\n  - {conv: 4, device: gpu0}\n", "L001", "not a control key"),
            (
                "cnncalc: 1\ninput: {height: 8, width: 8, channels: 3, place: gpu0}\nlayers: [conv: 4]\n",
                "L007",
                "an input has no `place`",
            ),
        ],
    )
    def test_what_has_no_place(self, text: str, code: str, words: str) -> None:
        (report,) = cnncalc.load(text).diagnostics
        assert report.code == code
        assert words in report.message
