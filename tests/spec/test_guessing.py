"""Words of other frameworks, other spellings and typing errors: what is meant, and when that is certain."""

from collections.abc import Callable
from typing import TypeAlias

import pytest

import cnncalc
from cnncalc import layers
from cnncalc.graph import Graph
from cnncalc.layers import stated
from cnncalc.spec import foreign_fields, foreign_keys, foreign_layers, foreign_without_layer
from cnncalc.spec.controls import CONTROLS, MODES
from cnncalc.spec.document import KEYS
from cnncalc.spec.guessing import guess

Network: TypeAlias = Callable[..., Graph]
WORDS = (*layers.names(), "sequence", "residual")
ALL_FIELDS = {name for word in layers.names() for name in stated(layers.layer_type(word))}


class TestTheTables:
    def test_lead_to_layers_of_the_catalogue(self) -> None:
        assert {meant for words in foreign_layers.LAYERS.values() for meant in words} <= set(WORDS)

    def test_name_no_layer_of_the_catalogue_as_missing_or_as_foreign(self) -> None:
        folded = {word.replace("_", "") for word in WORDS}
        assert not folded & set(foreign_without_layer.NO_LAYER)
        assert not folded & set(foreign_layers.LAYERS)

    def test_lead_to_parameters_that_some_layer_has(self) -> None:
        assert {meant for words in foreign_fields.FIELDS.values() for meant in words} <= ALL_FIELDS | {
            "act",
            "norm",
        }
        # Some layers have padding_mode, and all others say so.
        folded = {name.replace("_", "") for name in ALL_FIELDS} - {"paddingmode"}
        assert not set(foreign_fields.NO_FIELD) & folded

    def test_lead_to_keys_of_the_language(self) -> None:
        known = {*KEYS, *CONTROLS, *MODES, "macs", "memory", "receptive_field"}
        assert {meant for words in foreign_keys.KEYS.values() for meant in words} <= known

    def test_hold_folded_words(self) -> None:
        for table in (
            foreign_layers.LAYERS,
            foreign_without_layer.NO_LAYER,
            foreign_fields.FIELDS,
            foreign_fields.NO_FIELD,
        ):
            assert all(word == word.lower() and word.isalnum() for word in table)


@pytest.mark.parametrize(
    ("word", "meant", "certain"),
    [
        ("deconv", ("conv_transpose",), True),
        ("Conv2DTranspose", ("conv_transpose",), True),
        ("nn.ConvTranspose2d", ("conv_transpose",), True),
        ("upconv", ("conv_transpose",), True),
        ("BatchNormalization", ("bn",), True),
        ("layernorm", ("ln", "ln2d"), False),
        ("gap", ("global_avgpool",), True),
        ("interpolate", ("upsample", "resize"), False),
        ("view", ("reshape", "flatten"), False),
        ("reorg", ("pixel_unshuffle",), True),
        ("drop_path", ("stochastic_depth",), True),
        ("transpose", ("permute",), True),
        ("multihead_attention", ("self_attention",), True),
        ("pad", ("zero_pad", "reflection_pad", "replication_pad"), False),
        ("max_pool", ("maxpool",), True),
        ("Dropout2d", ("dropout2d",), True),
        ("covn", ("conv",), False),
        ("relu7", ("relu",), False),
        ("droput", ("dropout",), False),
        ("deconvolve", (), False),
        ("pad2", (), False),
    ],
)
def test_a_layer_by_another_name(word: str, meant: tuple[str, ...], certain: bool) -> None:
    assert guess(word, WORDS, foreign_layers.LAYERS) == (meant, certain)


@pytest.mark.parametrize(
    ("item", "help", "fix"),
    [
        ("conv: {filters: 4, kernal: 3}", "did you mean `kernel`?", "kernel"),
        ("conv: {filters: 4, kernel_size: 3}", "did you mean `kernel`?", "kernel"),
        ("conv: {filters: 4, activation: relu}", "did you mean `act`?", "act"),
        ("conv: {out_channels: 4}", "did you mean `filters`?", "filters"),
        ("maxpool: {pool_size: 2}", "did you mean `kernel`?", "kernel"),
        (
            "conv: {filters: 4, in_channels: 3}",
            "remove it: it is the number of channels or features of the input",
            None,
        ),
        ("conv: {k: 4}", "did you mean `filters` or `kernel`?", None),
    ],
)
def test_a_parameter_by_another_name(network: Network, item: str, help: str, fix: str | None) -> None:
    graph = network(f"- {item}")
    diagnostic = next(diagnostic for diagnostic in graph.diagnostics if diagnostic.code == "L001")
    assert diagnostic.help == help
    assert [fix.edits[0].text for fix in diagnostic.fixes] == ([] if fix is None else [fix])


@pytest.mark.parametrize("word", ["convlstm", "ConvLSTM", "embedding", "nn.Embedding"])
def test_a_layer_that_cnncalc_does_not_have_is_reported_as_missing(network: Network, word: str) -> None:
    (diagnostic,) = network(f"- {word}: 4").diagnostics
    assert diagnostic.help is not None
    assert diagnostic.help.startswith("cnncalc has no such layer")
    assert not diagnostic.fixes


@pytest.mark.parametrize("word", ["covn", "relu7", "layernorm", "pool", "interpolate"])
def test_a_guess_never_changes_a_layers_type(network: Network, word: str) -> None:
    (diagnostic,) = network(f"- {word}: 4").diagnostics
    assert diagnostic.help is not None
    assert not diagnostic.fixes


@pytest.mark.parametrize(
    ("word", "help"),
    [
        ("weight_norm", "`parametrize: weight_norm`"),
        ("spectral_norm", "`parametrize: spectral_norm`"),
        ("kernel_initializer", "remove it"),
        ("bias_regularizer", "remove it"),
        ("kernel_constraint", "remove it"),
    ],
)
@pytest.mark.parametrize("layer", ["conv: {filters: 4", "depthwise_conv: {kernel: 3"])
def test_a_field_that_no_layer_has_is_not_taken_for_its_beginning(layer: str, word: str, help: str) -> None:
    text = f"cnncalc: 1\ninput: 8x8x3\nlayers:\n  - {layer}, {word}: circular}}\n"
    (fault,) = cnncalc.load(text).diagnostics
    assert help in (fault.help or "")
    assert not fault.fixes
