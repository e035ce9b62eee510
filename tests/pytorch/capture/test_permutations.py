"""Permutations of more axes than a volume has: several of at most four axes each, with the same values."""

from itertools import permutations as orders
from types import ModuleType
from typing import Any

import pytest

import cnncalc
from cnncalc.importers import document
from tests._each import each
from tests.pytorch.capture.test_calls import Body, drafted


@each("count", [3, 4, 5])
def test_steps_lead_to_every_order(torch: ModuleType, count: int) -> None:
    from cnncalc.pytorch.capture.layout import flat
    from cnncalc.pytorch.capture.permutations import permutations
    from cnncalc.pytorch.capture.values import group

    pieces = [group(size) for size in range(2, 2 + count)]
    for order in orders(pieces):
        steps = permutations(pieces, order)
        now = flat(pieces)
        for before, after in steps:
            assert max(len(before), len(after)) <= 4
            assert flat(before) == now
            assert set(before) == set(after)
            now = flat(after)
        assert now == flat(order)
        assert len(steps) <= (3 if count == 5 else 1)


def test_more_axes_are_refused(torch: ModuleType) -> None:
    from cnncalc.pytorch.capture.mapping import Unmapped
    from cnncalc.pytorch.capture.permutations import permutations
    from cnncalc.pytorch.capture.values import group

    pieces = [group(size) for size in range(2, 9)]
    with pytest.raises(Unmapped, match="7 axes"):
        permutations(pieces, pieces[::-1])


def test_patches_of_a_volume_are_known_with_the_outputs_of_the_model(torch: ModuleType) -> None:
    """As in MobileViT v2: what is added to the patches lies as they do, so it is arranged once."""
    from cnncalc.pytorch.proof.prove import prove

    def body(self: Any, x: Any) -> Any:
        images, channels, height, width = x.shape
        y = x.view(images, channels, height // 2, 2, width // 3, 3).permute(0, 1, 3, 5, 2, 4)
        y = y.reshape(images, channels, 6, -1)
        for conv in (self.first, self.second):
            y = y + conv(y.softmax(-1))
        y = y.view(images, channels, 2, 3, height // 2, width // 3).permute(0, 1, 4, 2, 5, 3)
        return y.reshape(images, channels, height, width) * x

    def make() -> Any:
        torch.manual_seed(0)
        conv = torch.nn.Conv2d
        return Body(torch, body, first=conv(4, 4, 1), second=conv(4, 4, 1))

    draft = drafted(make(), (4, 8, 9))
    assert not draft.unknown, [node.fields for node in draft.unknown]
    assert [node.type for node in draft.nodes].count("permute") == 4
    graph = cnncalc.load(document(draft))
    proof = prove(draft, graph, lambda device: make().to(device))
    assert proof.verdict == "proven", proof.summary
