"""The style sheet of a drawing: one set of colours for a light page, one for a dark page."""

from collections.abc import Sequence
from typing import TypeAlias

from cnncalc.drawing.svg._ramp import RAMP

# Colours that colour-blind people tell apart (Okabe & Ito 2008), each a little darker or lighter for its page.
HUES = {
    "blue": ("#0072b2", "#4aa8e0"),
    "orange": ("#e69f00", "#f0b429"),
    "green": ("#009e73", "#2fc79c"),
    "red": ("#d55e00", "#ff8a3d"),
    "purple": ("#b3588f", "#dd8fbf"),
    "sky": ("#56b4e9", "#8fd0f5"),
    "yellow": ("#c9b800", "#f0e442"),
    "gray": ("#7a8490", "#9aa5b1"),
}
FONT = 'system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,"DejaVu Sans",sans-serif'
_FIXED = f"""\
text{{font:11px {FONT};unicode-bidi:isolate}}
.t{{font-weight:600;font-size:12px}}
.h{{font-weight:700;font-size:17px}}
.s{{font-size:10px}}
.e,.l{{fill:none}}
.l{{stroke-dasharray:5 4;stroke-width:1.5}}
.n{{stroke-dasharray:3 3}}
.w1{{stroke-width:1.2}}.w2{{stroke-width:2}}.w3{{stroke-width:3}}.w4{{stroke-width:4}}.w5{{stroke-width:5.2}}
.x{{stroke-width:2.4}}
.o{{paint-order:stroke;stroke-width:4px;stroke-linejoin:round}}
"""
# What is drawn in which colours: the selector, and its properties on a light and on a dark page.
Themes: TypeAlias = Sequence[tuple[str, str, str]]
_THEMES: Themes = (
    (".p", "fill:#ffffff", "fill:#12161c"),
    ("text", "fill:#1b2430", "fill:#e8edf3"),
    (".q", "fill:#56616d", "fill:#a3afbc"),
    (".o", "stroke:#ffffff", "stroke:#12161c"),
    (".b", "fill:#f6f8fa;stroke:#8793a0", "fill:#1e252e;stroke:#66727f"),
    (".k", "fill:#e4eaf1;stroke:#5f6c7a", "fill:#2b3643;stroke:#8492a1"),
    (".f", "fill:#f0f3f7;stroke:#9aa5b1", "fill:#181e26;stroke:#56616d"),
    (".g", "stroke:#d3d9e0", "stroke:#333d48"),
    (".e", "stroke:#a3aebb", "stroke:#5f6c7a"),
    (".a,.d", "fill:#6b7785", "fill:#93a0ad"),
    (".l", "stroke:#b3588f", "stroke:#dd8fbf"),
    (".e.x,.b.x,.k.x,.f.x", "stroke:#c1121f", "stroke:#ff6b6b"),
    (".ax,.xt", "fill:#c1121f", "fill:#ff6b6b"),
    (".cz", "fill:#ffffff", "fill:#12161c"),
    (".cu", "fill:url(#u)", "fill:url(#u)"),
)


def style(more: Themes = ()) -> str:
    """The rules, as short as they can be."""
    themes = (*_THEMES, *more)
    light = [f"{selector}{{{first}}}" for selector, first, _ in themes]
    dark = [f"{selector}{{{second}}}" for selector, first, second in themes if second != first]
    for name, (first, second) in HUES.items():
        light.append(f".{name}{{fill:{first}}}.v{name}{{stroke:{first}}}")
        dark.append(f".{name}{{fill:{second}}}.v{name}{{stroke:{second}}}")
    for step, colour in enumerate(RAMP):
        opposite = len(RAMP) - 1 - step
        light.append(f".c{step}{{fill:{colour}}}.c{step}~text{{fill:{_on(colour)}}}")
        dark.append(f".c{step}{{fill:{RAMP[opposite]}}}.c{step}~text{{fill:{_on(RAMP[opposite])}}}")
    return f"{_FIXED}{''.join(light)}\n@media(prefers-color-scheme:dark){{{''.join(dark)}}}"


def _on(colour: str) -> str:
    """Black or white, which is easier to read on a colour (WCAG 2, contrast ratio)."""
    parts = [int(colour[index : index + 2], 16) / 255 for index in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "#000" if (luminance + 0.05) / 0.05 >= 1.05 / (luminance + 0.05) else "#fff"
