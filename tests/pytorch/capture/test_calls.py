"""Calls that depend on no input, that have no values, and settings that only training has."""

from types import ModuleType
from typing import Any

import pytest

import cnncalc
from cnncalc.importers import Draft, document


class Body:
    """Makes a module of a function."""

    def __new__(cls, torch: ModuleType, body: Any, **parts: Any) -> Any:
        class Network(torch.nn.Module):  # type: ignore[misc, name-defined]
            def __init__(self) -> None:
                super().__init__()
                for name, part in parts.items():
                    setattr(self, name, part)

            def forward(self, x: Any) -> Any:
                return body(self, x)

        return Network()


def drafted(module: Any, shape: tuple[int, ...], **options: Any) -> Draft:
    from cnncalc.pytorch.capture import capture

    return capture(module, [shape], **options)


def test_the_products_of_a_network_of_positions_are_counted_once(torch: ModuleType) -> None:
    from cnncalc.pytorch.proof.running import count_macs

    def body(self: Any, x: Any) -> Any:
        bias = self.second(torch.relu(self.first(self.places)))
        return x.flatten(2) + bias.sum() + torch.sigmoid(bias).mean()

    module = Body(
        torch,
        body,
        first=torch.nn.Linear(2, 16),
        second=torch.nn.Linear(16, 3),
        places=torch.nn.Parameter(torch.randn(20, 2)),
    )
    totals = cnncalc.analyse(cnncalc.load(document(drafted(module, (3, 4, 5))))).totals
    assert totals.macs == count_macs(module, [torch.zeros(1, 3, 4, 5)])
    assert totals.params == sum(weight.numel() for weight in module.parameters())


def test_a_product_of_images_with_each_other_has_no_known_macs(torch: ModuleType) -> None:
    module = Body(torch, lambda self, x: (x.flatten(1) @ x.flatten(1).T) @ x.flatten(1))
    assert cnncalc.analyse(cnncalc.load(document(drafted(module, (3, 4, 5))))).totals.macs is None


def test_an_unknown_result_with_the_batch_as_a_later_dimension_has_the_shape_of_an_image(
    torch: ModuleType,
) -> None:
    module = Body(torch, lambda self, x: torch.cumsum(torch.stack([x.mean((2, 3))] * 2), 0))
    draft = drafted(module, (5, 4, 4))
    assert draft.unknown
    assert all(node.shape is None or node.shape.channels != 11 for node in draft.unknown)


def test_an_empty_part_is_nothing(torch: ModuleType) -> None:
    def body(self: Any, x: Any) -> Any:
        rows = x.flatten(2).transpose(1, 2)
        return torch.cat([rows[:, :0], torch.relu(rows[:, 0:])], 1)

    draft = drafted(Body(torch, body), (3, 4, 5))
    assert [node.type for node in draft.nodes] == ["relu", "reshape"]
    assert cnncalc.load(document(draft)).ok


@pytest.mark.parametrize("momentum", [None, 0.0, 0.1, 0.3])
def test_a_momentum_is_written_or_reported(torch: ModuleType, momentum: float | None) -> None:
    module = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), torch.nn.BatchNorm2d(4, momentum=momentum))
    for mode in ("inference", "training"):
        draft = drafted(module, (3, 8, 8), mode=mode)
        (norm,) = (node for node in draft.nodes if node.type == "bn")
        assert norm.fields.get("momentum", 0.1) == (0.1 if momentum is None else momentum)
        assert ["I043"] * (momentum is None) == [note.code for note in draft.notes]


def test_the_counter_of_an_unknown_norm_is_one_of_its_buffers(torch: ModuleType) -> None:
    from cnncalc.pytorch.capture import mapping

    mapping.load()
    before = mapping.FUNCTIONS.pop("batch_norm")
    try:
        draft = drafted(torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), torch.nn.BatchNorm2d(4)), (3, 8, 8))
    finally:
        mapping.FUNCTIONS["batch_norm"] = before
    assert cnncalc.analyse(cnncalc.load(document(draft))).totals.buffers == 9


@pytest.mark.parametrize(
    "equation", ["bchw,bkhw->bhwck", "bchw,bchw->bhw", "bchw,dc->bdhw", "bchw->bhw", "...hw,...hw->...h"]
)
def test_an_equation_that_is_no_product_of_matrices_keeps_its_figures(
    torch: ModuleType, equation: str
) -> None:
    from cnncalc.pytorch.proof.running import count_macs

    count = equation.partition("->")[0].count(",") + 1
    other = torch.nn.Parameter(torch.randn(7, 3)) if "dc" in equation else None

    def body(self: Any, x: Any) -> Any:
        return torch.einsum(equation, *[x if self.other is None else self.other, x][::-1][:count])

    module = Body(torch, body, other=other)
    totals = cnncalc.analyse(cnncalc.load(document(drafted(module, (3, 4, 5))))).totals
    assert totals.macs in (None, count_macs(module, [torch.zeros(1, 3, 4, 5)]))
