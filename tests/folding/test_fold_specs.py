"""Drafts made of specs fold back to what a person wrote: the same network, in about as many lines."""

from pathlib import Path

import pytest

import cnncalc
from cnncalc import zoo
from cnncalc.folding import fold
from cnncalc.folding.fold import with_folds
from cnncalc.folding.permits import Permits
from cnncalc.graph import Graph
from cnncalc.importers import document, matching, text
from tests._depth import long_but
from tests.importers.drafts import draft_of

QUICK = frozenset(
    (
        "cifar_convnet", "convnext_tiny", "densenet121", "efficientnet_b0", "googlenet", "mobilenet_v3_small",
        "resnet18", "resnet50_v2", "shufflenet_v2_x0_5", "siamese", "unet", "vgg16", "vit_b_32", "yolov3",
    )
)  # fmt: skip
NETWORKS = {
    file.stem: str(file) for file in sorted((Path(__file__).parent.parent / "networks").glob("*.yaml"))
}
SPECS = {**{name: name for name in zoo.names()}, **NETWORKS}
# Lines that a folded spec may have more than one that a person wrote, which has parameters and expressions of its own.
MORE = 5
# What a person wrote with fewer: what folds to more lines, and why.
LONGER = {
    "convnext_tiny": "the probability of stochastic depth grows from block to block",
    "fractional_maxpool_net": "filters grow by a sum",
    "resnet50_v2": "the norm of the next block is in this one",
}


def graph_of(spec: str) -> Graph:
    """The graph of a spec; findings that it accepts are no part of a draft."""
    graph = cnncalc.load(spec)
    if not cnncalc.load(document(draft_of(graph))).ok:
        pytest.skip("its windows leave out pixels, which the spec allows and a draft of this test does not")
    return graph


@pytest.mark.parametrize("scopes", [True, False], ids=["modules", "no-modules"])
@pytest.mark.parametrize("name", long_but(QUICK, SPECS))
def test_a_folded_draft_is_the_same_network(name: str, scopes: bool) -> None:
    graph = graph_of(SPECS[name])
    draft = draft_of(graph, scopes=scopes)
    flat = cnncalc.load(document(draft))
    # Every fold is right before it is checked.
    folded = cnncalc.load(text(with_folds(draft, flat, Permits())))
    assert not [item.message for item in folded.diagnostics if item.severity.word == "error"]
    assert matching(flat, folded) is not None
    assert len(text(fold(draft)).splitlines()) < max(len(text(document(draft)).splitlines()), 12)


@pytest.mark.parametrize(
    "name", ["densenet121", "googlenet", "mobilenet_v2", "resnet18", "resnet50", "senet154", "unet", "vgg16"]
)
def test_a_folded_draft_is_about_as_long_as_what_a_person_wrote(name: str) -> None:
    path = zoo.path(name)
    assert path is not None
    lines = [line.strip() for line in Path(path).read_text().splitlines()]
    written = [line for line in lines if line and not line.startswith(("#", "expect:", "source:"))]
    folded = text(fold(draft_of(graph_of(name)))).splitlines()
    assert len(folded) <= len(written) + MORE
