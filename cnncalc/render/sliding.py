"""A network that slides over an image, for people and for programs."""

from collections.abc import Iterator
from math import prod
from typing import TYPE_CHECKING, Any

from cnncalc.exact import counted, grouped
from cnncalc.record import NamedTuple
from cnncalc.render.figures import exact, short
from cnncalc.render.piece import Piece
from cnncalc.render.wrapping import listed, wrapped
from cnncalc.rewrites import Slide

if TYPE_CHECKING:
    from cnncalc.pytorch.slid import SlideCheck

# Passes that are listed.
SHOWN = 4


class SlideReport(NamedTuple):
    """The network's name, how it slides, and what PyTorch computed of it, where that was asked for."""

    name: str
    slide: Slide
    check: "SlideCheck | None" = None


def text(report: SlideReport, width: int | None) -> Iterator[str]:
    """Lines for a terminal: the map of scores, what it saves, the passes, and whether crops give the same scores."""
    slide = report.slide
    title = f"{report.name} · crops of {slide.crop} in an image of {slide.image}"
    yield Piece("\n".join(wrapped(title, width)) + "\n\n", "bold")
    yield from listed(_lines(report), width)


def _lines(report: SlideReport) -> Iterator[tuple[str, str]]:
    slide = report.slide
    name, volume = slide.entering
    if slide.used != slide.image:
        yield "image", f"{slide.used} of it are read: the network's steps are {_by(slide.strides)} pixels"
    yield "map", f"{volume} enters the classifier, from {name}"
    apart = f", {_by(slide.strides)} pixels apart" if slide.crops > 1 else ""
    yield "scores", f"{slide.scores}: {counted(slide.crops, 'crop')}{apart}"
    macs, each = slide.passes[0].macs, slide.macs_of_a_crop
    if slide.crops > 1:
        crops = f"{grouped(slide.crops)} crops of {exact(each)} = {exact(slide.crops * each)}"
        yield "MACs", f"{exact(macs)} for the map; {crops}, {slide.crops * each / macs:.1f} times as many"
    else:
        yield "MACs", f"{exact(macs)} for the map"
    if slide.wanted != slide.strides:
        yield "passes", _passes(slide)
    yield (
        "equal",
        "no: " + "; ".join(slide.reasons)
        if slide.reasons
        else "yes: the one crop is the image"
        if slide.places == 1
        else "yes: no layer before the classifier pads",
    )
    if report.check is not None:
        check = report.check
        yield (
            "by PyTorch",
            f"scores of the map and of {counted(check.crops, 'crop')} differ by {check.difference:.2g} at most, "
            f"{check.relative:.2g} of the scores' standard deviation (random weights)",
        )


def _passes(slide: Slide) -> str:
    """`4 for 16 pixels: 6x6 + 6x5 + 5x6 + 5x5 = 121 places; MACs 190 G, crop by crop 1.87 T`."""
    sizes = [_by(one_pass.places) for one_pass in slide.passes]
    sums = " + ".join(sizes[:SHOWN]) + (" + ..." if len(sizes) > SHOWN else "")
    macs = sum(one_pass.macs for one_pass in slide.passes)
    return (
        f"{len(sizes)} over images moved by {_by(slide.wanted)} pixels: {sums} = {counted(slide.places, 'place')}; "
        f"MACs {short(macs)}, crop by crop {short(slide.places * slide.macs_of_a_crop)}"
    )


def _by(sizes: tuple[int, ...]) -> str:
    return str(sizes[0]) if len(sizes) == 1 else "x".join(map(str, sizes))


def json_text(report: SlideReport) -> str:
    """The same as JSON."""
    from cnncalc.render.json_text import dumped

    slide, check = report.slide, report.check
    name, volume = slide.entering
    data: dict[str, Any] = {
        "version": 1,
        "name": report.name,
        "image": slide.image.asdict(),
        "used": slide.used.asdict(),
        "crop": slide.crop.asdict(),
        "stride": list(slide.strides),
        "entering": {"layer": name, "output": volume.asdict()},
        "scores": slide.scores.asdict(),
        "crops": slide.crops,
        "macs": slide.passes[0].macs,
        "macs_of_a_crop": slide.macs_of_a_crop,
        "macs_crop_by_crop": slide.crops * slide.macs_of_a_crop,
        "wanted_stride": list(slide.wanted),
        "passes": [
            {
                "shift": list(one_pass.shift),
                "places": list(one_pass.places),
                "scores": prod(one_pass.places),
                "macs": one_pass.macs,
            }
            for one_pass in slide.passes
        ],
        "places": slide.places,
        "equal": not slide.reasons,
        "reasons": list(slide.reasons),
        "check": None if check is None else check._asdict(),
    }
    return dumped(data)
