"""Channels split into equal pieces: whether this is possible, and what to write if not."""

from cnncalc.exact import counted
from cnncalc.shape import Shape
from cnncalc.vocabulary import shape_faults
from cnncalc.vocabulary.convolution import divisors_near
from cnncalc.vocabulary.layer import Change, Problem


def undivided(shape: Shape, pieces: int, what: str, field: str | None = None) -> Problem | None:
    """Why the channels cannot be split into `pieces` (`4 groups`); None if they can. Changes are changes of `field`."""
    channels = shape.channels
    if channels % pieces == 0:
        return None
    near = divisors_near(pieces, channels) if field else []
    ways = " or ".join(f"`{field}: {number}`" for number in near)
    message = f"{counted(channels, 'channel')} can be divided by {ways}" if near else None
    return Problem(
        shape_faults.CHANNELS_DO_NOT_DIVIDE,
        f"{what} do not divide {counted(channels, 'channel')} ({channels} = {channels // pieces}*{pieces} "
        f"+ {channels % pieces})",
        field,
        help=message,
        changes=tuple(Change(field, n) for n in near) if field else (),
    )
