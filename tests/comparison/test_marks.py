"""`freeze` and `module` in a comparison of two networks."""

import cnncalc
from cnncalc.comparison import compare, side
from cnncalc.render.comparison_words import differences

TEXT = "cnncalc: 1\ninput: 8x8x3\nlayers:\n  - sequence: [conv: 4, relu]\n  - conv: 3\n"


def changed(beside: str) -> dict[str, list[str]]:
    new = TEXT.replace("relu]\n", f"relu]\n    {beside}\n")
    sides = [side(cnncalc.analyse(cnncalc.load(text))) for text in (TEXT, new)]
    return {change.either.name: differences(change) for change in compare(*sides).changes if change.differs}


def test_what_is_frozen() -> None:
    assert changed("freeze: true") == {"conv1": ["now frozen"]}


def test_what_is_a_module_call() -> None:
    assert changed("{module: true}".strip("{}")) == {
        name: ["module call none -> module1"] for name in ("conv1", "relu1")
    }
