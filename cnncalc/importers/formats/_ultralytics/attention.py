"""Ultralytics' attention: positions of a volume, with queries, keys and values from one convolution."""

from cnncalc.importers.formats._ultralytics.convs import conv
from cnncalc.importers.formats._ultralytics.tracing import Tracing
from cnncalc.shape import Shape


def _parts(t: Tracing, x: str, heads: int, widths: tuple[int, ...], shape: Shape) -> list[str]:
    """The channels of a volume by head, and in each head by `widths`; each part as a volume again."""
    height, width = shape.spatial
    y = t.add("reshape", {"channels": heads, "height": sum(widths), "width": shape.positions}, x)
    parts, start = [], 0
    for size in widths:
        fields = {"axis": "height", "start": start, "stop": start + size}
        part = t.add("slice", dict(fields), y)
        parts.append(t.add("reshape", {"channels": heads * size, "height": height, "width": width}, part))
        start += size
    return parts


def attention(t: Tracing, x: str, heads: int, ratio: float, name: str) -> str:
    """Attention of all positions, with a depthwise convolution of the values as the encoding of positions."""
    with t.inside(name, "Attention"):
        channels, shape = t.channels(x), t.shape(x)
        width = channels // heads
        key = int(width * ratio)
        qkv = conv(t, x, channels + 2 * key * heads, act=None, name="qkv")
        if shape is None or not key:
            return t.building.lost(name)
        query, keys, values = _parts(t, qkv, heads, (key, key, width), shape)
        y = t.add("attention", {"heads": heads, "project": False}, query, keys, values)
        place = conv(t, values, channels, 3, 1, None, channels, act=None, name="pe")
        return conv(t, t.add("add", {}, y, place), channels, act=None, name="proj")


def psa_block(t: Tracing, x: str, ratio: float, heads: int, name: str, shortcut: bool = True) -> str:
    with t.inside(name, "PSABlock"):
        y = attention(t, x, heads, ratio, "attn")
        x = t.add("add", {}, x, y) if shortcut else y
        y = _feed_forward(t, x, 2 * t.channels(x), "ffn")
        return t.add("add", {}, x, y) if shortcut else y


def _feed_forward(t: Tracing, x: str, hidden: int, name: str) -> str:
    channels = t.channels(x)
    with t.inside(name, "Sequential"):
        y = conv(t, x, hidden, name="0")
        return conv(t, y, channels, act=None, name="1")


def psa(t: Tracing, x: str, filters: int, e: float = 0.5) -> str:
    hidden = int(filters * e)
    y = conv(t, x, 2 * hidden, name="cv1")
    first, second = (t.add("chunk", {"of": 2, "index": index}, y) for index in (0, 1))
    second = t.add("add", {}, second, attention(t, second, max(hidden // 64, 1), 0.5, "attn"))
    second = t.add("add", {}, second, _feed_forward(t, second, 2 * hidden, "ffn"))
    return conv(t, t.add("concat", {}, first, second), filters, name="cv2")


def c2psa(t: Tracing, x: str, filters: int, n: int = 1, e: float = 0.5) -> str:
    hidden = int(filters * e)
    y = conv(t, x, 2 * hidden, name="cv1")
    first, second = (t.add("chunk", {"of": 2, "index": index}, y) for index in (0, 1))
    with t.inside("m", "Sequential"):
        for index in range(n):
            second = psa_block(t, second, 0.5, max(hidden // 64, 1), str(index))
    return conv(t, t.add("concat", {}, first, second), filters, name="cv2")


def area_block(t: Tracing, x: str, heads: int, ratio: float, areas: int, name: str) -> str:
    """Attention within bands of rows."""
    with t.inside(name, "ABlock"):
        x = t.add("add", {}, x, _area_attention(t, x, heads, areas))
        return t.add("add", {}, x, _feed_forward(t, x, int(t.channels(x) * ratio), "mlp"))


def _area_attention(t: Tracing, x: str, heads: int, areas: int) -> str:
    with t.inside("attn", "AAttn"):
        channels, shape = t.channels(x), t.shape(x)
        width = channels // heads
        qkv = conv(t, x, 3 * width * heads, act=None, name="qkv")
        if shape is None:
            return t.building.lost("attn")
        if shape.spatial[0] % areas:
            weights = width * heads * (channels + 49)
            return t.unknown("AAttn", qkv, shape=shape, params=weights + 2 * channels * 2)
        query, keys, values = _parts(t, qkv, heads, (width,) * 3, shape)
        rows = shape.spatial[0] // areas
        bands = []
        for area in range(areas):
            fields = {"axis": "height", "start": area * rows, "stop": (area + 1) * rows}
            parts: tuple[str, ...] = (query, keys, values)
            if areas > 1:
                parts = tuple(t.add("slice", dict(fields), part) for part in parts)
            bands.append(t.add("attention", {"heads": heads, "project": False}, *parts))
        y = t.add("concat", {"over": "height"}, *bands) if areas > 1 else bands[0]
        place = conv(t, values, channels, 7, 1, 3, channels, act=None, name="pe")
        return conv(t, t.add("add", {}, y, place), channels, act=None, name="proj")


def transformer_block(t: Tracing, x: str, channels: int, heads: int, layers: int) -> str:
    """Positions as tokens, and a learned linear function of them added as the encoding of positions."""
    with t.inside("m", "TransformerBlock"):
        shape = t.shape(x)
        if shape is None:
            return t.building.lost("m")
        height, width = shape.spatial
        tokens = t.add("reshape", {"channels": channels, "length": shape.positions}, x)
        tokens = t.add("add", {}, tokens, t.add("linear", {"units": channels}, tokens, name="linear"))
        with t.inside("tr", "Sequential"):
            for index in range(layers):
                with t.inside(str(index), "TransformerLayer"):
                    tokens = _transformer_layer(t, tokens, channels, heads)
        return t.add("reshape", {"channels": channels, "height": height, "width": width}, tokens)


def _transformer_layer(t: Tracing, x: str, channels: int, heads: int) -> str:
    plain = {"units": channels, "bias": False}
    parts = [t.add("linear", plain, x, name=name) for name in ("q", "k", "v")]
    x = t.add("add", {}, t.add("attention", {"heads": heads}, *parts, name="ma"), x)
    y = t.add("linear", plain, x, name="fc1")
    return t.add("add", {}, t.add("linear", plain, y, name="fc2"), x)
