"""What code does that a spec cannot say is reported, with the line of the code."""

import inspect
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

import cnncalc
from cnncalc.importers import Draft, document
from tests._each import each
from tests.pytorch.capture.test_calls import Body


def number(self: Any, x: Any) -> Any:
    return x * x.mean().item()


def truth(self: Any, x: Any) -> Any:
    return x * 2 if (x > 0).any() else x


def whole(self: Any, x: Any) -> Any:
    return x[:, :, : max(1, min(3, int(x.sum())))]


def decimal(self: Any, x: Any) -> Any:
    return x * float(x.max())


def listed(self: Any, x: Any) -> Any:
    return x * x.flatten()[:1].tolist()[0]


def positions(self: Any, x: Any) -> Any:
    return x.flatten()[x.flatten().argmax().item()] + x


def detour(self: Any, x: Any) -> Any:
    import torch

    return x + torch.from_numpy(x.numpy() * 2)


def scripted(self: Any, x: Any) -> Any:
    return self.inner(x) + x


def part(self: Any, x: Any) -> Any:
    y = x * 2
    y[:, :1] = 0
    return y


def masked(self: Any, x: Any) -> Any:
    y = x * 2
    y[y > 1] = 1
    return y


def through_a_view(self: Any, x: Any) -> Any:
    y = x * 2
    y.view(-1).mul_(3)
    return y + 1


def through_a_slice(self: Any, x: Any) -> Any:
    y = x * 2
    y[:, :1].add_(1)
    return y + 1


def copied_into(self: Any, x: Any) -> Any:
    y = x * 2
    y[:, 0].copy_(x[:, 1])
    return y + 1


READS: tuple[Callable[..., Any], ...] = (number, truth, whole, decimal, listed, positions)
STRANGE: tuple[Callable[..., Any], ...] = (detour, scripted)
WRITES: tuple[Callable[..., Any], ...] = (part, masked, through_a_view, through_a_slice, copied_into)


def drafted(torch: ModuleType, body: Callable[..., Any]) -> tuple[Any, Draft]:
    from cnncalc.pytorch.capture import capture

    inner = torch.jit.script(torch.nn.ReLU())
    module = Body(torch, lambda self, x: body(self, self.conv(x)), conv=torch.nn.Conv2d(3, 4, 1), inner=inner)
    return module, capture(module, [(3, 5, 6)])


@pytest.mark.filterwarnings("ignore:.*torch.jit:DeprecationWarning")
@each(
    ("code", "body"),
    [
        *(("I040", body) for body in READS),
        *(("I041", body) for body in STRANGE),
        *(("I042", body) for body in WRITES),
    ],
)
def test_is_reported_with_its_line_and_no_figure_is_wrong(
    torch: ModuleType, code: str, body: Callable[..., Any]
) -> None:
    module, draft = drafted(torch, body)
    notes = [note for note in draft.notes if note.code == code]
    assert notes, [note.code for note in draft.notes]
    lines, first = inspect.getsourcelines(body)
    assert any(
        (note.span.file or "").endswith("test_traps.py") and first <= note.span.line < first + len(lines)
        for note in notes
    ), notes
    totals = cnncalc.analyse(cnncalc.load(document(draft))).totals
    assert totals.params == sum(weight.numel() for weight in module.parameters())
    assert totals.macs in (None, 3 * 4 * 5 * 6)


def test_parameters_that_nothing_reads_are_listed(torch: ModuleType) -> None:
    from cnncalc.pytorch.capture import capture

    module = Body(
        torch, lambda self, x: self.conv(x), conv=torch.nn.Conv2d(3, 4, 1), idle=torch.nn.Linear(2, 3)
    )
    assert set(capture(module, [(3, 5, 6)]).unused) == {"idle.weight", "idle.bias"}
