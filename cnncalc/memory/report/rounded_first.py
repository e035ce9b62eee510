"""The exercise's sum with megabytes that are rounded before they are multiplied, as the book does it."""

from cnncalc.record import NamedTuple

# The book rounds to a tenth of a megabyte. Sums below a megabyte are not rounded.
TENTH, LEAST = 100_000, 1_000_000


class RoundedFirst(NamedTuple):
    """Decimal megabytes: of one image's volumes, of the batch's, and the sum that these give."""

    exact: float
    each: float
    volumes: float
    total: float


def rounded_first(batch: int, volumes: int, images: int, params: int) -> RoundedFirst | None:
    """The effect of rounding one image's `volumes` (bytes) to a tenth of a megabyte; None where the sum is the same.

    Volumes of less than a megabyte are not rounded. `images` are bytes of one image, `params` those of all parameters.
    """
    tenths = _tenths(volumes)
    early = _tenths(batch * (tenths * TENTH + images) + params)
    if volumes < LEAST or early == _tenths(batch * (volumes + images) + params):
        return None
    return RoundedFirst(volumes / 1_000_000, tenths / 10, batch * tenths / 10, early / 10)


def _tenths(nbytes: int) -> int:
    """Tenths of a megabyte, the nearest."""
    return (nbytes + TENTH // 2) // TENTH
