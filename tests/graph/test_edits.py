"""Every fix of random networks removes its diagnostic."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cnncalc
from cnncalc.diagnostic import edited
from tests._depth import cases


def choice(*values: object) -> st.SearchStrategy[str]:
    return st.sampled_from([str(value) for value in values])


def filled(pattern: str, **fields: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.fixed_dictionaries(fields).map(lambda values: pattern.format(**values))


LAYERS = st.one_of(
    filled(
        "conv: {{filters: {k}, kernel: {f}, stride: {s}, padding: {p}, groups: {g}}}",
        k=choice(3, 4, 6),
        f=choice(1, 2, 3, 5, 9),
        s=choice(1, 1, 2, 3),
        p=choice(0, 1, "half", "same"),
        g=choice(1, 1, 2, 3),
    ),
    filled(
        "maxpool: {{kernel: {f}, stride: {s}, rounding: {r}}}",
        f=choice(2, 3),
        s=choice(1, 2, 3),
        r=choice("floor", "ceil"),
    ),
    filled(
        "conv_transpose: {{filters: 4, kernel: {f}, stride: {s}, padding: {p}, output_padding: {o}}}",
        f=choice(1, 2, 3),
        s=choice(1, 2),
        p=choice(0, 1, 3),
        o=choice(0, 1, 2),
    ),
    choice("fc: 10", "flatten: ", "relu: ", "upsample: 2", "unit: 2", "unit: 3"),
)


def listed(items: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """A list of one or two items, in flow style."""
    braced = items.map(lambda item: f"{{{item}}}")
    return st.lists(braced, min_size=1, max_size=2).map(lambda parts: f"[{', '.join(parts)}]")


ITEMS = st.recursive(
    LAYERS,
    lambda inner: st.one_of(
        filled("{word}: {items}", word=choice("sequence", "residual"), items=listed(inner)),
        filled("{word}: [{items}, {other}]", word=choice("concat", "add", "mul"), items=listed(inner),
               other=st.one_of(choice("prev", "[]"), listed(inner))),
    ),
    max_leaves=3,
)  # fmt: skip
CONTROLS = choice("", "", "", "repeat: 2", "expect: 8x8x4", "expect: 10", "from: input")
ENTRIES = st.tuples(ITEMS, CONTROLS)


def written(entries: list[tuple[str, str]], margin: str) -> str:
    """Entries of a list of layers, in block style."""
    return "".join(
        f"{margin}- {item}\n" + (f"{margin}  {control}\n" if control else "") for item, control in entries
    )


@pytest.mark.fuzz
@settings(max_examples=cases(15, 300, of=5))
@given(
    choice("8x8x3", "10x12x4", "9x9x6", "3x32x32", "20x4", "8*8*3"),
    st.lists(st.tuples(LAYERS, CONTROLS), min_size=1, max_size=2),
    st.lists(ENTRIES, min_size=1, max_size=3),
)
def test_every_fix_works(input: str, block: list[tuple[str, str]], layers: list[tuple[str, str]]) -> None:
    inside = written(block, "      ").replace("unit: ", "conv: $k + ")
    text = (
        f"cnncalc: 1\ninput: {input}\nblocks:\n  unit:\n    params: {{k: 1}}\n    layers:\n{inside}"
        f"layers:\n{written(layers, '  ')}"
    )
    for item in cnncalc.load(text).diagnostics:
        for fix in item.fixes:
            after = edited(text, fix)
            left = [
                (diagnostic.code, diagnostic.span.start) for diagnostic in cnncalc.load(after).diagnostics
            ]
            assert (item.code, item.span.start) not in left, f"{fix.text}:\n{after}"
