"""The path of an edge."""

from collections.abc import Sequence

from cnncalc.drawing.svg import number

# The length of the head of an arrow, which begins where the path ends.
ARROW = 8.0


def way(points: Sequence[tuple[float, float]], *, with_arrow: bool = True) -> str:
    """The path through points, two for each row: straight down in a row, a curve between rows."""
    (x, y), *others = points
    end, bottom = points[-1][0], points[-1][1] - (ARROW if with_arrow else 0)
    # The last curve ends where the arrow begins, also where the box is the highest of its row.
    others[-2:] = [*((across, min(down, bottom)) for across, down in others[-2:-1]), (end, bottom)]
    steps = [f"M{number(x)} {number(y)}"]
    for index, (across, down) in enumerate(others, 1):
        if abs(across - x) < 0.1:
            if abs(down - y) < 0.1:
                continue
            # Several steps straight down are one.
            if steps[-1][0] == "V":
                steps.pop()
            steps.append(f"V{number(down)}")
        elif index % 2 == 0:
            middle = (y + down) / 2
            steps.append("C" + " ".join(map(number, (x, middle, across, middle, across, down))))
        else:
            steps.append(f"L{number(across)} {number(down)}")
        x, y = across, down
    return "".join(steps)
