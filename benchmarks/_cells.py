"""A row as text: the same cells in the terminal and on the page."""

from benchmarks._row import Row

# Title, and whether it is aligned to the right.
HEADS = (
    ("what", False),
    ("median", True),
    ("lowest–highest", True),
    ("runs", True),
    ("compared with", False),
    ("ratio", True),
    ("target", True),
    ("met", False),
)


def cells(row: Row) -> list[str]:
    """One for each of `HEADS`."""
    low, high = number(row.figure.low), number(row.figure.high)
    against = f"{row.against} ({number(row.floor)} {row.unit})" if row.floor is not None else row.against
    return [
        row.what,
        f"{number(row.figure.median)} {row.unit}",
        low if low == high else f"{low}–{high}",
        str(row.figure.runs),
        against,
        times(row.ratio) if row.ratio is not None else "",
        _target(row),
        {True: "yes", False: "NO", None: ""}[row.holds],
    ]


def number(value: float) -> str:
    """Three digits, as far as they mean anything."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}" if value >= 1 else f"{value:.3f}"


def times(ratio: float) -> str:
    return f"{number(ratio)}x"


def _target(row: Row) -> str:
    if row.target is None:
        return ""
    bound = "at least" if row.target.at_least else "at most"
    limit = f"{row.target.limit:,g}"
    return f"{bound} {limit}x" if row.target.of == "ratio" else f"{bound} {limit} {row.unit}"
