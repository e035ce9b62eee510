"""What a history has beside the replay is found, with the convolution that it belongs to."""

from types import ModuleType
from typing import Any

import pytest

from benchmarks._gpu.leftovers import ConvolutionWorkspace, leftovers, replayed
from benchmarks._gpu.predicted import Gpu, estimate

LINE = {"case": "history", "network": "lenet5", "way": "float32", "batch": 4}


@pytest.fixture(scope="module")
def asked() -> list[int]:
    return replayed(estimate(LINE, Gpu((8, 0))), 4)


def history(asked: list[int], place: int, workspaces: tuple[int, ...], kept: int = 0) -> dict[str, Any]:
    """A history that is the replay, with a pass of `conv2` at one place of it."""
    events = asked[:place]
    begin = len(events)
    events = [*events, *([kept] if kept else [])]
    first = sum(event >= 0 for event in events)
    events += [*workspaces, *(~(first + index) for index in range(len(workspaces)))]
    marks = [[begin, "conv2", "forward", False], [len(events), "conv2", "forward", True]]
    return {"events": [*events, *asked[place:]], "marks": marks}


def test_the_replay_s_own_history_leaves_nothing(asked: list[int]) -> None:
    rest = leftovers(history(asked, 5, ()), asked)
    assert rest.known == len(asked)
    assert (rest.elsewhere, rest.missing) == ([], [])
    assert rest.workspaces == [ConvolutionWorkspace("conv2", "forward", 0)]


def test_a_workspace_is_what_a_pass_gives_back(asked: list[int]) -> None:
    rest = leftovers(history(asked, 5, (123_457, 1001), kept=77_777), asked)
    assert rest.workspaces == [ConvolutionWorkspace("conv2", "forward", 123_457 + 1001)]
    # What stays is no workspace.
    assert (rest.known, rest.elsewhere, rest.missing) == (len(asked), [77_777], [])


def test_what_only_the_replay_has_is_missing(asked: list[int]) -> None:
    measured = history(asked, 5, ())
    without = {**measured, "events": [*asked[:7], *asked[8:]], "marks": []}
    assert leftovers(without, asked).missing == [asked[7]]


def test_marks_are_taken_out_of_a_trace(torch: ModuleType) -> None:
    from benchmarks._gpu.history import followed

    notes = [("conv1", "forward", False), ("conv1", "forward", True)]
    entries = [
        {"action": action, "addr": address, "size": size}
        for action, address, size in (
            ("free_requested", 8, 512),
            ("alloc", 1, 1),
            ("free_requested", 1, 1),
            ("free_completed", 1, 1),
            ("segment_alloc", 64, 2048),
            ("alloc", 2, 4000),
            ("alloc", 3, 700),
            ("free_requested", 3, 700),
            ("alloc", 1, 5),
            ("free_requested", 1, 5),
            ("alloc", 1, 5),
        )
    ]
    assert followed(entries, notes) == (
        [4000, 700, ~1, 5],
        [(0, "conv1", "forward", False), (3, "conv1", "forward", True)],
    )
