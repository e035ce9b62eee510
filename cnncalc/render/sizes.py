"""The sizes that a network takes, for people and for programs."""

from collections.abc import Iterator
from typing import Any

from cnncalc.diagnostic import Severity
from cnncalc.record import NamedTuple
from cnncalc.render.piece import Piece
from cnncalc.render.wrapping import broken
from cnncalc.sizing import Fitting, Near, Trials
from cnncalc.sizing.weights import FixedSize
from cnncalc.sizing.wording import rules, shapes_in_words, sizes_in_words


class SizesReport(NamedTuple):
    """The sizes that a network takes, those nearest to a wanted one, and layers whose weights are for one size."""

    trials: Trials
    fitting: Fitting
    nearest: Near
    weights: FixedSize | None
    # Whether padding that goes unread counts too.
    strict: bool


def text(sizes: SizesReport, width: int | None) -> Iterator[str]:
    """Lines for a terminal: the rules, the spec's own size, the nearest that fit, layers made for one size."""
    for rule in rules(sizes.trials, sizes.fitting):
        yield Piece(f"{_broken(rule, width)}\n", "bold")
    for line in _lines(*sizes):
        yield f"{_broken(line, width)}\n"


def _broken(line: str, width: int | None) -> str:
    return line if width is None else broken(line, width)


def _lines(
    trials: Trials, fitting: Fitting, nearest: Near, weights: FixedSize | None, strict: bool
) -> Iterator[str]:
    if strict:
        yield "(--strict: padding that goes unread counts too)"
    own = sizes_in_words(trials, trials.own)
    whose = "the size that is asked for" if trials.spec.given_inputs else "the spec's own size"
    if trials.fits(trials.own):
        yield f"{whose}, {own}, fits"
    else:
        first = next(item for item in trials.graph.diagnostics if item.severity is Severity.ERROR)
        yield f"{whose}, {own}, does not fit: {first.code} {first.name} at line {first.span.line}"
    if nearest.wanted != trials.own or not trials.fits(trials.own):
        yield _near(trials, nearest)
    if weights is not None:
        yield f"note: {_weights(trials, fitting, weights)}"


def _near(trials: Trials, nearest: Near) -> str:
    wanted = sizes_in_words(trials, nearest.wanted)
    if nearest.nearest == nearest.wanted:
        return f"{wanted} fits"
    ways = (("", nearest.nearest), ("not smaller ", nearest.not_smaller), ("not larger ", nearest.not_larger))
    ways_in_words = [f"{words}{sizes_in_words(trials, sizes)}" for words, sizes in ways if sizes is not None]
    return f"nearest to {wanted}: {'; '.join(ways_in_words) or 'none'}"


def _weights(trials: Trials, fitting: Fitting, weights: FixedSize) -> str:
    names = [f"`{name}`" + (f" (line {line})" if line else "") for name, line in weights.layers[:3]]
    more = len(weights.layers) - len(names)
    listed = ", ".join(names) + (f" and {more} more" if more else "")
    low, high = (fitting.sizes([bounds[end] for bounds in weights.ranges]) for end in (0, 1))
    which = sizes_in_words(trials, low)
    which = f"{which} only" if low == high else f"{which} to {sizes_in_words(trials, high)}"
    has = "has" if len(weights.layers) == 1 else "have"
    return f"{listed} {has} weights for {which}: another size needs other weights"


def json_text(sizes: SizesReport) -> str:
    """One object; sizes are by input and axis."""
    from cnncalc.render.json_text import dumped

    trials, fitting, nearest, weights, strict = sizes
    return dumped(
        {
            "version": 1,
            "strict": strict,
            "inputs": {name: shape.asdict() for name, shape in trials.shapes.items()},
            "exact": fitting.exact,
            "own_fits": trials.fits(trials.own),
            "rules": [
                {
                    "sides": [
                        {**trials.axes[axis]._asdict(), "times": times}
                        for axis, times in zip(group.axes, group.times, strict=True)
                    ],
                    "text": side.words,
                    "period": side.period if side.endless else None,
                    "rests": list(side.rests),
                    "from": side.start if side.endless else None,
                    "also": list(side.early),
                    "known_up_to": side.up_to,
                }
                for group, side in zip(fitting.groups, fitting.sides, strict=True)
            ],
            "near": {
                name: None if size is None else dict(shapes_in_words(trials, size))
                for name, size in nearest._asdict().items()
            },
            "weights_for": _weights_json(trials, fitting, weights),
        }
    )


def _weights_json(trials: Trials, fitting: Fitting, weights: FixedSize | None) -> dict[str, Any] | None:
    if weights is None:
        return None
    low, high = (fitting.sizes([bounds[end] for bounds in weights.ranges]) for end in (0, 1))
    return {
        "layers": [{"name": name, "line": line} for name, line in weights.layers],
        "from": dict(shapes_in_words(trials, low)),
        "to": dict(shapes_in_words(trials, high)),
    }
