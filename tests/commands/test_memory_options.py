"""What an option offers is what a setup has: commands state the words apart, so that `--help` imports no setup."""

import click
import pytest

from cnncalc.commands._memory_options import run_options
from cnncalc.memory.setup import BACKENDS, HOLDERS, OFFLOADS, ZERO_GRADS
from cnncalc.memory.validate_setup import ZERO_STAGES
from cnncalc.vocabulary.attention_kernels import KERNELS

OFFERED = {
    "attention": KERNELS,
    "backend": BACKENDS,
    "holders": HOLDERS,
    "offload": OFFLOADS,
    "zero_grad": ZERO_GRADS,
    "zero": [str(stage) for stage in ZERO_STAGES if stage],
}


@pytest.mark.parametrize("name", OFFERED)
def test_an_option_offers_what_a_setup_has(name: str) -> None:
    @click.command
    @run_options
    def bare(**options: object) -> None:
        """A command with these options alone."""

    (option,) = (param for param in bare.params if param.name == name)
    assert isinstance(option.type, click.Choice)
    assert list(option.type.choices) == list(OFFERED[name])
