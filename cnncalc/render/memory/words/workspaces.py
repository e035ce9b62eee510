"""How long memory is held that is no tensor of the network."""

from cnncalc.memory.device import HeldWorkspace, Lifetime

HELD = {
    Lifetime.THREAD: "from a thread's first matrix product to the end of the process",
    Lifetime.CONVOLUTION: "while one convolution runs, forward or backward",
    Lifetime.PROCESS: "from the first use of the device to the end of the process",
}


def how_long_held(workspace: HeldWorkspace) -> str:
    """From when to when."""
    return HELD[workspace.lifetime]
