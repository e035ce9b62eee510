"""Adam whose state has 8 bits."""

from collections.abc import Mapping
from typing import ClassVar

from cnncalc.memory.allocated.optimizers._optimizer import Optimizer

# `min_8bit_size`: tensors with fewer values have their state in float32.
LEAST = 4096
# Values that share a scale in float32.
BLOCK = 256
# The two tables of 256 numbers in float32 that 8 bits stand for, once for all parameters.
TABLES = 2 * 256 * 4
FLOAT32 = 4


class Adam8bit(Optimizer):
    """bitsandbytes.optim.Adam8bit with its defaults (`block_wise`). It computes a step in one kernel."""

    source: ClassVar[str] = (
        "bitsandbytes.optim.Adam8bit: `Optimizer2State.init_state`; Dettmers et al. 2021, arXiv 2110.02861"
    )
    options: ClassVar[Mapping[str, float]] = {"weight_decay": 0.0}
    fused = False
    counts = 0
    lists = False
    state_width = 1
    shared = TABLES

    def state(self) -> tuple[str, ...]:
        return ("state1", "state2")

    def sizes(self, values: int, width: int) -> Mapping[str, int]:
        if values < LEAST:
            return dict.fromkeys(self.state(), FLOAT32 * values)
        scales = -(-values // BLOCK) * FLOAT32
        return {**dict.fromkeys(self.state(), values), "absmax1": scales, "absmax2": scales}

    def foreach(self) -> tuple[str, ...]:
        return ()

    def single(self) -> tuple[str, ...]:
        return ()
