"""What an output value reads, as slices of numpy: channels last, and the input called X, as in the course's notes."""

from collections.abc import Iterator

from cnncalc.analysis.layer_facts import LayerFacts, Reads
from cnncalc.layers import Reach
from cnncalc.vocabulary.convolution import Convolution
from cnncalc.vocabulary.padding_modes import PadsInModes
from cnncalc.vocabulary.pool import Pool

# Letters of an output position, by how many axes there are.
LETTERS = {0: "", 1: "i", 2: "ij", 3: "hij"}


def slices(facts: LayerFacts) -> Iterator[tuple[str, str]]:
    """A line for every place that is asked about: `V[2,3]` and `reads X[4:9, 6:11, :]`."""
    for item in facts.reads:
        yield _value(item), _text(facts, item)


def rule(facts: LayerFacts) -> str | None:
    """What the value at any position reads: `X[2i:2i+5, 2j:2j+5, :]`; None where it differs by position."""
    reach = facts.layer.reach(facts.fit.inputs) or ()
    letters = LETTERS[facts.output.rank]
    if len(letters) != len(reach):
        return None
    padded = any(window.before or window.after for window in facts.windows)
    shifts = [window.before for window in facts.windows] if padded else [0] * len(reach)
    ranges = []
    for letter, axis, shift in zip(letters, reach, shifts, strict=True):
        if (text := _range_of(letter, axis, shift)) is None:
            return None
        ranges.append(text)
    return f"{'Xp' if padded else 'X'}[{', '.join([*ranges, ':'])}]"


def _range_of(letter: str, axis: Reach, shift: int) -> str | None:
    """`2i:2i+5` along one axis."""
    taps = axis.phases[0]
    if len(axis.phases) > 1 or taps is None or not axis.shift:
        return None
    times = letter if axis.shift == 1 else f"{axis.shift}{letter}"
    first, end = taps.first + shift, taps.last + shift + 1
    begin = times if not first else f"{times}{first:+}"
    if taps.number == 1:
        return begin
    return f"{begin}:{times}{end:+}" + (f":{taps.step}" if taps.step > 1 else "")


def padding(facts: LayerFacts) -> str | None:
    """How Xp is made of X; None where nothing is padded."""
    if not any(window.before or window.after for window in facts.windows):
        return None
    ends = ", ".join(f"({window.before}, {window.after})" for window in facts.windows)
    zeros = not (isinstance(facts.layer, Pool) and facts.layer.filling)
    sizes = "x".join(
        str(size)
        for size in (
            *(window.size + window.before + window.after for window in facts.windows),
            facts.volume.channels,
        )
    )
    words = "zeros" if zeros else "-inf"
    value = "" if zeros else ", constant_values=-np.inf"
    if isinstance(facts.layer, PadsInModes) and facts.layer.edges is not None:
        words, value = facts.layer.edges.contains, f', mode="{facts.layer.edges.numpy}"'
    return f"{sizes}, X padded with {words}: np.pad(X, ({ends}, (0, 0)){value})"


def _value(item: Reads) -> str:
    place = item.place
    indices = [*place.position, *(() if place.channel is None else (place.channel,))]
    return f"V[{','.join(map(str, indices))}]"


def _text(facts: LayerFacts, item: Reads) -> str:
    channels = _channels(facts, item)
    text = (
        "reads no value of X" if item.inside is None else f"reads {_array('X', item.inside, facts, channels)}"
    )
    if item.padded is not None:
        beyond = item.inside is None or list(map(len, item.inside)) != list(map(len, item.padded))
        padded = (window.size + window.before + window.after for window in facts.windows)
        whole = [_slice(taps, size) for taps, size in zip(item.padded, padded, strict=True)]
        in_padded = f"Xp[{', '.join([*whole, channels])}]"
        text += (
            f"{' and padding' if item.inside is not None else ', padding only'}: {in_padded}"
            if beyond
            else f", which is {in_padded}"
        )
    return text + _weights(facts, item)


def _array(name: str, taps: tuple[range, ...], facts: LayerFacts, channels: str) -> str:
    ranges = [_slice(item, size) for item, size in zip(taps, facts.volume.spatial, strict=True)]
    return f"{name}[{', '.join([*ranges, channels])}]"


def _slice(taps: range, size: int) -> str:
    """A range of an axis of some size: `:5`, `4:9`, `4:9:2`, `3`."""
    if len(taps) == 1 and size > 1:
        return str(taps.start)
    first = str(taps.start) if taps.start else ""
    end = "" if taps.start == 0 and taps.stop >= size and taps.step == 1 else str(taps.stop)
    return f"{first}:{end}" + (f":{taps.step}" if taps.step > 1 else "")


def _channels(facts: LayerFacts, item: Reads) -> str:
    read = item.channels
    if read == range(facts.volume.channels):
        return ":"
    return str(read.start) if len(read) == 1 else f"{read.start}:{read.stop}"


def _weights(facts: LayerFacts, item: Reads) -> str:
    """The weights that meet what is read, where one filter is meant."""
    if item.place.channel is None or not facts.weights:
        return ""
    channel = item.place.channel
    own = isinstance(facts.layer, Convolution) and not facts.is_shared
    index = f"[{','.join(map(str, (*item.place.position, channel)))}]" if own else str(channel)
    bias = f" and b{index}" if any(weight.is_bias for weight in facts.weights) else ""
    return f", with W{index}{bias}"
