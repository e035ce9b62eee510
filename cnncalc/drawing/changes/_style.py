"""How each kind of change looks: a colour, a line, and a sign. None says it alone."""

from cnncalc.drawing.svg import Themes

# The class of a kind: its border and band, its fill; (removed: a dashed border).
CLASSES = {"added": "ca", "removed": "cr", "changed": "cc", "renamed": "cn", "same": "cs"}
# Lines of tensors that only one network has.
EDGES = {"added": "e ea", "removed": "e er"}
# On a light page, and on a dark one.
_COLOURS = {
    "ca": ("#007a59", "#dcf3ea", "#2fc79c", "#10352b"),
    "cr": ("#b84a00", "#fce6da", "#ff8a3d", "#40210e"),
    "cc": ("#8f6400", "#fff0c9", "#f0b429", "#3d2f0b"),
    "cn": ("#0072b2", "#e3f0f9", "#4aa8e0", "#12293a"),
}
THEMES: Themes = (
    *(
        rule
        for name, (line, fill, dark_line, dark_fill) in _COLOURS.items()
        for rule in (
            (
                f".{name}",
                f"fill:{fill};stroke:{line};stroke-width:2",
                f"fill:{dark_fill};stroke:{dark_line};stroke-width:2",
            ),
            (f".b{name}", f"fill:{line}", f"fill:{dark_line}"),
            (f".t{name}", f"fill:{line}", f"fill:{dark_line}"),
        )
    ),
    (".cr", "stroke-dasharray:6 4", "stroke-dasharray:6 4"),
    (".cs", "fill:#fbfcfd;stroke:#c3cbd4", "fill:#161b22;stroke:#3d4753"),
    (".fm", "fill:none;stroke:#8f6400;stroke-width:1.5", "fill:none;stroke:#f0b429;stroke-width:1.5"),
    (".ss", "fill:#ffffff;font-weight:700;font-size:16px", "fill:#12161c;font-weight:700;font-size:16px"),
    (".e.ea", "stroke:#007a59;stroke-width:3", "stroke:#2fc79c;stroke-width:3"),
    (
        ".e.er",
        "stroke:#b84a00;stroke-width:2;stroke-dasharray:5 4",
        "stroke:#ff8a3d;stroke-width:2;stroke-dasharray:5 4",
    ),
    (".e.ex", "stroke:#c1121f;stroke-width:2.4", "stroke:#ff6b6b;stroke-width:2.4"),
    (".wr", "fill:none;stroke:#c1121f;stroke-width:2.4", "fill:none;stroke:#ff6b6b;stroke-width:2.4"),
)
