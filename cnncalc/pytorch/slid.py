"""The scores of a map and of crops, computed by PyTorch with the same weights."""

from collections.abc import Callable
from itertools import product
from typing import Any, NamedTuple

import torch

from cnncalc.graph import Graph
from cnncalc.pytorch.carried import carry, outputs_of, vary_norms
from cnncalc.pytorch.verify import built
from cnncalc.rewrites import Slide

# What runs, in sentences.
MAP = "the map of scores"


class SlideCheck(NamedTuple):
    """How many crops were run, and how far their scores are from those of the map at most.

    `relative` is that difference as a part of the scores' standard deviation.
    """

    crops: int
    difference: float
    relative: float


def check_slide(
    graph: Graph,
    slide: Slide,
    *,
    seed: int = 0,
    device: str = "cpu",
    note_step: Callable[[str], object] = str,
) -> SlideCheck:
    """Run the converted network once over the image, and the network itself over each crop.

    Images and weights are random; `note_step` is called with the name of what runs next. Raises what
    `cnncalc.pytorch.verify.built` raises, and `cnncalc.pytorch.run.Stopped` for errors of PyTorch.
    """
    note_step("the start of the models")
    network = built(graph, seed=seed, device=device, dtype="float32").eval()
    whole = built(slide.graph, seed=seed + 1, device=device, dtype="float32").eval()
    random = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        vary_norms(network, random)
        carry(graph, network, slide.converted._replace(graph=slide.graph), whole)
        image = torch.randn(1, *slide.used.torch, generator=random).to(device)
        note_step(MAP)
        scores: Any
        [scores] = outputs_of(whole, [image], MAP)
        differences: list[float] = []
        for place in product(*map(range, slide.passes[0].places)):
            crop = image
            for axis, (index, stride, size) in enumerate(
                zip(place, slide.strides, slide.crop.spatial, strict=True), 2
            ):
                crop = crop.narrow(axis, index * stride, size)
            name = f"crop {len(differences) + 1}"
            note_step(name)
            expected = outputs_of(network, [crop], name)[0].flatten(1)
            actual = scores[(slice(None), slice(None), *place)]
            differences.append(float((expected - actual).abs().max()))
    difference = max(differences)
    return SlideCheck(len(differences), difference, difference / max(float(scores.std()), 1e-30))
