"""The device memory that PyTorch needs to run a network: tensors over time, the allocator, GPUs."""

from typing import TYPE_CHECKING

from cnncalc import plugins

if TYPE_CHECKING:
    from cnncalc.memory.estimate import CATEGORIES as CATEGORIES
    from cnncalc.memory.estimate import Estimate as Estimate
    from cnncalc.memory.kernels import AttentionKernels as AttentionKernels
    from cnncalc.memory.kernels import attention_kernels as attention_kernels
    from cnncalc.memory.kernels import kernels_in_words as kernels_in_words
    from cnncalc.memory.refusal import Refusal as Refusal
    from cnncalc.memory.refusal import refusers as refusers
    from cnncalc.memory.replay import Alive as Alive
    from cnncalc.memory.replay import Moment as Moment
    from cnncalc.memory.replay import Peak as Peak
    from cnncalc.memory.replay import Replay as Replay
    from cnncalc.memory.setup import BACKENDS as BACKENDS
    from cnncalc.memory.setup import HOLDERS as HOLDERS
    from cnncalc.memory.setup import LEAST as LEAST
    from cnncalc.memory.setup import MOST as MOST
    from cnncalc.memory.setup import Backend as Backend
    from cnncalc.memory.setup import Setup as Setup
    from cnncalc.memory.two_steps import MemoryBand as MemoryBand
    from cnncalc.memory.two_steps import Reserved as Reserved
    from cnncalc.memory.validate_setup import impossible as impossible

# The public names of this package, with their modules.
_EXPORTS = {
    "Alive": "replay",
    "AttentionKernels": "kernels",
    "BACKENDS": "setup",
    "Backend": "setup",
    "CATEGORIES": "estimate",
    "Estimate": "estimate",
    "HOLDERS": "setup",
    "LEAST": "setup",
    "MOST": "setup",
    "MemoryBand": "two_steps",
    "Moment": "replay",
    "Peak": "replay",
    "Refusal": "refusal",
    "Replay": "replay",
    "Reserved": "two_steps",
    "Setup": "setup",
    "attention_kernels": "kernels",
    "impossible": "validate_setup",
    "kernels_in_words": "kernels",
    "refusers": "refusal",
}
__all__ = [
    "BACKENDS",
    "CATEGORIES",
    "HOLDERS",
    "LEAST",
    "MOST",
    "Alive",
    "AttentionKernels",
    "Backend",
    "Estimate",
    "MemoryBand",
    "Moment",
    "Peak",
    "Refusal",
    "Replay",
    "Reserved",
    "Setup",
    "attention_kernels",
    "impossible",
    "kernels_in_words",
    "refusers",
]

if not TYPE_CHECKING:
    # Hidden from type checkers, which would accept any name.
    def __getattr__(name):
        return plugins.offered(__name__, _EXPORTS, name)
