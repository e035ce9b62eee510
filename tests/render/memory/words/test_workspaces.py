"""How long a workspace is held, in words."""

import pytest

from cnncalc.memory.device import CUDNN, HeldWorkspace, Lifetime, cublas, cuda_context
from cnncalc.render.memory.words import how_long_held


@pytest.mark.parametrize(
    ("workspace", "words"),
    [
        (cublas(None), "end of the process"),
        (CUDNN, "while one convolution runs"),
        (cuda_context().workspace, "first use of the device"),
    ],
)
def test_says_how_long(workspace: HeldWorkspace, words: str) -> None:
    assert words in how_long_held(workspace)


def test_every_lifetime_has_words() -> None:
    for lifetime in Lifetime:
        assert how_long_held(CUDNN._replace(lifetime=lifetime))
