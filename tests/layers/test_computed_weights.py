"""Filters that are computed in every call: PyTorch's and timm's values, what is kept of them, and what is refused."""

from types import ModuleType
from typing import Any

import pytest

import cnncalc
from cnncalc.analysis import Analysis
from cnncalc.analysis.kept import kept
from cnncalc.analysis.layer_facts import LayerFacts
from cnncalc.analysis.storage import storage
from cnncalc.layers import layer_type
from cnncalc.shape import Shape
from cnncalc.vocabulary.values import Standardization
from tests.layers._twin import twin

VOLUME = (Shape(4, (8, 7)),)
HEAD = "cnncalc: 1\ninput: 8x7x4\nlayers:\n"


def layer_of(key: str, **fields: Any) -> Any:
    kind: Any = layer_type(key)
    return kind(**fields)


@pytest.mark.parametrize(
    ("name", "settings", "arguments"),
    [
        ("StdConv2d", Standardization(), {}),
        ("StdConv2d", Standardization(eps=1e-3), {"eps": 1e-3}),
        ("ScaledStdConv2d", Standardization(gain=True), {}),
        (
            "ScaledStdConv2d",
            Standardization(gain=True, gamma=1.7, eps=1e-5),
            {"gamma": 1.7, "eps": 1e-5, "gain_init": 0.5},
        ),
    ],
)
@pytest.mark.parametrize("groups", [1, 2, 4])
def test_are_those_of_timm(
    torch: ModuleType,
    timm: ModuleType,
    name: str,
    settings: Standardization,
    arguments: dict[str, Any],
    groups: int,
) -> None:
    from timm.layers import std_conv

    layer = layer_of("conv", filters=8, kernel=3, padding=1, stride=2, groups=groups, standardize=settings)
    ours = twin(torch, layer, VOLUME)
    theirs = getattr(std_conv, name)(4, 8, 3, stride=2, padding=1, groups=groups, bias=True, **arguments)
    theirs.load_state_dict(ours.modules[0].state_dict())
    assert [weight.name for weight in layer.weights(VOLUME)] == [of for of, _ in theirs.named_parameters()]
    x = torch.rand(2, 4, 8, 7)
    assert torch.equal(ours(x), theirs(x))


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("key", ["conv", "depthwise_conv"])
@pytest.mark.parametrize("kernel", [1, 2])
def test_one_weight_has_no_variance(torch: ModuleType, key: str, channels: int, kernel: int) -> None:
    fields = {"filters": 3} if key == "conv" else {}
    layer = layer_of(key, kernel=kernel, standardize=Standardization(), **fields)
    inputs = (Shape(channels, (5, 5)),)
    reported = [problem.fault.code for problem in layer.problems(inputs)]
    try:
        twin(torch, layer, inputs)(torch.rand(2, channels, 5, 5))
    except ValueError:
        assert reported == ["S033"]
    else:
        assert not reported


def faults(item: str) -> list[Any]:
    return list(cnncalc.load(f"{HEAD}  - {item}\n").diagnostics)


@pytest.mark.parametrize(
    ("item", "code", "words"),
    [
        ("depthwise_conv: {kernel: 1, standardize: true}", "S033", "each of 4 filters has one weight"),
        (
            "conv: {filters: 3, kernel: 3, standardize: true, parametrize: spectral_norm}",
            "S034",
            "`parametrize: spectral_norm`",
        ),
        ("conv: {filters: 3, kernel: 3, standardize: {gamma: 2}}", "L002", "gamma without a gain"),
        ("conv: {filters: 3, kernel: 3, standardize: {scale: 2}}", "L002", "its keys are gain, gamma, eps"),
        ("conv: {filters: 3, kernel: 3, standardize: 1}", "L002", "must be true, false"),
        ("conv: {filters: 3, kernel: 3, parametrize: spectral}", "L002", "must be none, weight_norm or"),
    ],
)
def test_bad_settings_are_refused_with_a_help(item: str, code: str, words: str) -> None:
    (fault,) = faults(item)
    assert words in fault.message
    assert fault.help or fault.code != code


@pytest.mark.parametrize("key", ["conv_transpose", "fc", "separable_conv", "locally_connected"])
def test_only_convolutions_standardise(key: str) -> None:
    fields = "units: 3" if key == "fc" else "filters: 3, kernel: 3"
    (fault,) = faults(f"{key}: {{{fields}, standardize: true}}")[:1]
    assert "`standardize`" in fault.message


@pytest.mark.parametrize(
    "text",
    [
        "standardize: true",
        "standardize: {gain: true}",
        "standardize: {gain: true, gamma: 1.5, eps: 0.001}",
        "standardize: {eps: 0.001}",
        "parametrize: weight_norm",
        "parametrize: spectral_norm",
        "padding: 1, padding_mode: circular",
    ],
)
def test_is_written_as_it_is_read(text: str) -> None:
    from cnncalc.pattern.writing import parts_of
    from cnncalc.render.expansion import expansion

    graph = cnncalc.load(f"{HEAD}  - conv: {{filters: 3, kernel: 3, {text}}}\n")
    assert said(cnncalc.load("".join(expansion(graph)))) == said(graph)
    fit = graph.layers[0].fit
    assert fit is not None
    (part,) = parts_of([(fit.layer, fit.inputs)])
    assert said(cnncalc.load(f"INPUT 8x7x4 -> {part}")) == said(graph), part


def said(graph: Any) -> tuple[Any, ...]:
    layer = graph.layers[0].fit.layer
    return layer.standardize, layer.parametrize, layer.padding_mode


def test_settings_are_expressions_too() -> None:
    graph = cnncalc.load(
        "cnncalc: 1\ninput: 8x7x4\nparams: {g: 1.5}\nlayers:\n"
        "  - conv: {filters: 3, kernel: 3, standardize: {gain: true, gamma: $g * 2}}\n"
    )
    layer: Any = graph.layers[0].fit.layer if graph.layers[0].fit else None
    assert layer.standardize == Standardization(gain=True, gamma=3.0)


def test_work_is_that_of_a_norm_over_the_weights() -> None:
    plain = layer_of("conv", filters=3, kernel=3).work(VOLUME)
    filters, values = 3, 3 * 4 * 9
    standardized = layer_of("conv", filters=3, kernel=3, standardize=Standardization(gain=True)).work(VOLUME)
    assert standardized.macs == plain.macs
    assert standardized.multiplies == 2 * values + filters
    assert standardized.adds == plain.adds + 3 * values
    assert (standardized.divides, standardized.exponentials) == (2 * filters, filters)
    weighted = layer_of("conv", filters=3, kernel=3, parametrize="weight_norm").work(VOLUME)
    assert (weighted.multiplies, weighted.adds - plain.adds) == (2 * values, values - filters)
    assert (weighted.divides, weighted.exponentials) == (filters, filters)
    spectral = layer_of("conv", filters=3, kernel=3, parametrize="spectral_norm").work(VOLUME)
    # A product of 3x36 and 36 values, one of 3 and 3, and a quotient of every weight.
    assert (spectral.multiplies, spectral.adds - plain.adds) == (values + 3, 3 * 35 + 2)
    assert spectral.divides == values


NETWORK = """\
cnncalc: 1
input: 8x8x4
layers:
  - conv: {filters: 4, kernel: 3, padding: 1, WAY}
    name: first
  - relu
  - conv: {filters: 4, kernel: 3, padding: 1, WAY}
    MORE
  - flatten
  - fc: {units: 3PARAMETRIZE}
"""


@pytest.mark.parametrize("more", ["name: second", "share: first", "freeze: true"])
@pytest.mark.parametrize(
    "way",
    [
        "standardize: true",
        "standardize: {gain: true}",
        "parametrize: weight_norm",
        "parametrize: spectral_norm",
    ],
)
@pytest.mark.parametrize("training", [True, False])
def test_networks_are_as_predicted(torch: ModuleType, way: str, more: str, training: bool) -> None:
    from cnncalc.pytorch.verify import verify

    of_fc = f", {way}" if "parametrize" in way else ""
    text = NETWORK.replace("WAY", way).replace("MORE", more).replace("PARAMETRIZE", of_fc)
    graph = cnncalc.load(text, mode="training" if training else "inference")
    result = verify(graph, training=training)
    assert result.ok, [figure for figure in result.totals if not figure.ok]


def test_frozen_filters_are_kept_and_nothing_else_of_them() -> None:
    text = NETWORK.replace("WAY", "standardize: {gain: true}").replace("PARAMETRIZE", "")
    names = {}
    for more in ("name: second", "freeze: true"):
        graph = cnncalc.load(text.replace("MORE", more), mode="training")
        second = graph.layers[2].index
        names[more] = {tensor.name for tensor in kept(graph, storage(graph)) or [] if tensor.node == second}
    assert names["name: second"] - names["freeze: true"] == {"factor", "save_mean", "save_invstd"}
    assert "filters" in names["freeze: true"]


def test_another_parametrisation_cannot_share_weights() -> None:
    text = NETWORK.replace("WAY", "standardize: true", 1).replace("WAY", "parametrize: weight_norm")
    graph = cnncalc.load(text.replace("MORE", "share: first").replace("PARAMETRIZE", ""))
    assert [item.code for item in graph.diagnostics] == ["S103"]


@pytest.mark.parametrize("way", ["standardize: {gain: true}", "parametrize: weight_norm"])
def test_facts_of_the_filters_are_those_without_the_computation(way: str) -> None:
    graph = cnncalc.load(f"{HEAD}  - conv: {{filters: 3, kernel: 3, {way}}}\n")
    plain = cnncalc.load(f"{HEAD}  - conv: {{filters: 3, kernel: 3}}\n")
    ours, theirs = (LayerFacts(fit) for fit in (graph.layers[0].fit, plain.layers[0].fit) if fit)
    assert ours.is_shared
    assert ours.filters is not None
    assert theirs.filters is not None
    assert ours.filters.shape == theirs.filters.shape
    assert sum(item.size for item in ours.other_weights) > sum(item.size for item in ours.weights)
    assert Analysis(graph).totals.macs == Analysis(plain).totals.macs


def test_a_norm_is_not_folded_into_computed_filters() -> None:
    from cnncalc.rewrites._draft import RewriteRefused
    from cnncalc.rewrites.fold_norm import FoldNorm

    graph = cnncalc.load(f"{HEAD}  - conv: {{filters: 3, kernel: 3, parametrize: spectral_norm, norm: bn}}\n")
    with pytest.raises(RewriteRefused):
        FoldNorm().apply(graph, frozenset())


@pytest.mark.parametrize("way", ["weight_norm", "spectral_norm"])
def test_a_fully_connected_layer_becomes_a_convolution_with_it(torch: ModuleType, way: str) -> None:
    from cnncalc.pytorch.carried import check_rewrite
    from cnncalc.rewrites._rewrite import applied
    from cnncalc.rewrites.fc_to_conv import FcToConv

    graph = cnncalc.load(f"{HEAD}  - flatten\n  - fc: {{units: 5, parametrize: {way}}}\n")
    rewritten = applied(FcToConv(), graph)
    assert check_rewrite(graph, rewritten, name="it", effect=FcToConv.effect).ok
