"""The drawing of a change: well-formed, always the same, nothing overlaps, and no change is shown by colour alone."""

from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnncalc.comparison import parse
from cnncalc.drawing import TooManyBoxes
from cnncalc.drawing.changes import DrawnChange, changes_page, changes_picture
from cnncalc.drawing.changes._boxes import box_extent
from cnncalc.drawing.changes._picture import READABLE
from cnncalc.drawing.scene import placed
from cnncalc.render.comparison import ComparisonPage
from tests._each import each
from tests.drawing._checks import check_picture, check_places
from tests.drawing._drawn import HOSTILE, SVG, network, read, texts, titles
from tests.drawing.changes._pairs import change, grown_tree, small
from tests.drawing.changes.test_pieces import PAIRS


@each("pair", PAIRS)
def test_nothing_overlaps(pair: tuple[str, str]) -> None:
    for depth in (0, 1, 9):
        _, tree = grown_tree(change(*pair), depth)
        places = placed(tree.root, 9, lambda part, tree=tree: box_extent(tree.shown(part)))  # type: ignore[misc]
        check_places(places)


@each("pair", PAIRS)
def test_a_picture_is_well_formed_and_always_the_same(pair: tuple[str, str]) -> None:
    picture = changes_picture(change(*pair))
    check_picture(picture)
    assert picture == changes_picture(change(*pair))


def test_a_large_change_is_folded_until_it_is_readable() -> None:
    large = changes_picture(change("efficientnet_b0", "efficientnet_b7"))
    assert len(large) < 80_000
    boxes = [text for text in texts(large) if text in ("+", "\N{MINUS SIGN}", "~")]
    assert len(boxes) <= READABLE
    unfolded = changes_picture(change("efficientnet_b0", "efficientnet_b7", depth=1))
    assert len(unfolded) > 2 * len(large)


def test_equal_networks_are_said_to_be_equal() -> None:
    picture = changes_picture(change("resnet18", "resnet18"))
    assert "no difference in 68 layers" in texts(picture)
    assert "68 layers unchanged" in texts(picture)
    assert not {"+", "\N{MINUS SIGN}", "~"} & set(texts(picture))


def test_totals_are_old_and_new_with_the_difference() -> None:
    shown = texts(changes_picture(change("resnet18", "resnet34")))
    row = shown.index("parameters")
    assert shown[row : row + 5] == ["parameters", "11,689,512", "21,797,672", "+10,108,160", "+86.5%"]


def test_each_kind_of_change_has_a_sign_in_its_box_and_in_the_legend() -> None:
    old = network(layers=[{"conv": 4, "name": "a"}, {"conv": 5, "name": "b"}, {"fc": 3, "name": "c"}])
    new = network(layers=[{"conv": 6, "name": "a"}, "bn", {"fc": 3, "name": "d"}])
    picture = changes_picture(change(old, new))
    shown = texts(picture)
    for sign, word in (("+", "added"), ("\N{MINUS SIGN}", "removed"), ("~", "changed")):
        assert shown.count(sign) >= 2
        assert word in shown
    lines = {path.get("class") for path in read(picture).iter(f"{SVG}path")}
    assert {"e ea", "e er"} <= lines, "a line of one network has a style of its own"
    assert {"added connection", "removed connection"} <= set(shown)


def test_a_viewer_shows_every_difference_of_a_box() -> None:
    old = network(layers=[{"conv": {"filters": 4, "kernel": 3, "padding": 1}, "name": "first"}])
    new = network(layers=[{"conv": {"filters": 4, "kernel": 5, "padding": 2}, "name": "first"}])
    about = next(text for text in titles(changes_picture(change(old, new))) if text.startswith("first\n"))
    assert "~ first: kernel 3 -> 5; padding 1 -> 2; params 112 -> 304 (+171.4%)" in about


def test_a_spec_with_errors_is_drawn_as_far_as_it_is_known() -> None:
    old = network(
        layers=[{"conv": 4, "name": "wide"}, {"conv": 4, "name": "narrow"}, {"add": ["wide", "narrow"]}]
    )
    new = network(
        layers=[
            {"conv": 4, "name": "wide"},
            {"conv": {"filters": 4, "kernel": 3}, "name": "narrow"},
            {"add": ["wide", "narrow"]},
        ]
    )
    picture = changes_picture(change(old, new))
    check_picture(picture)
    assert "8x8x4 ≠ 6x6x4" in " ".join(texts(picture)) or "6x6x4 ≠ 8x8x4" in " ".join(texts(picture))
    assert "does not fit, or has an error" in texts(picture)
    assert any("1 error" in text for text in texts(picture))


def test_an_error_that_is_gone_is_not_red() -> None:
    fits, faulty = network(layers=[{"conv": 4}]), network(layers=[{"conv": {"filters": 4, "kernel": 9}}])
    assert "does not fit, or has an error" not in texts(changes_picture(change(faulty, fits)))


@pytest.mark.parametrize("layers", [
    [{"conv": {"filters": 4, "kernel": 9}}, "relu", {"fc": 10}],
    [{"conv": 4}, {"nonsense": 3}, "relu"],
    [{"conv": "x"}, "relu"],
    [],
])  # fmt: skip
def test_any_fault_is_drawn_beside_any_network(layers: list[Any]) -> None:
    faulty = network(layers=layers)
    for other in (network(layers=[{"conv": 4}]), faulty, small()):
        for old, new in ((faulty, other), (other, faulty)):
            check_picture(changes_picture(change(old, new)))


def test_several_inputs_and_outputs_are_drawn() -> None:
    def several(outputs: list[str], extra: bool = False) -> Any:
        inputs = {"left": "8x8x3", "right": "8x8x3", **({"third": "8x8x3"} if extra else {})}
        return network(
            inputs=inputs,
            outputs=outputs,
            layers=[
                {"conv": 4, "from": "left", "name": "single"},
                {"conv": 4, "from": "right", "name": "other"},
                *([{"conv": 4, "from": "third", "name": "more"}] if extra else []),
                {"add": ["single", "other", *(["more"] if extra else [])], "name": "both"},
            ],
        )

    picture = changes_picture(change(several(["both", "single"]), several(["both", "other"], extra=True)))
    check_picture(picture)
    shown = texts(picture)
    assert {"+ output 8x8x4", "\N{MINUS SIGN} output 8x8x4", "output 8x8x4"} <= set(shown)


def test_too_many_boxes_are_refused() -> None:
    def chain(kernel: int) -> Any:
        conv = {"conv": {"filters": 3, "kernel": kernel, "padding": "half"}}
        return network(layers=[conv] * 5001)

    with pytest.raises(TooManyBoxes):
        changes_picture(change(chain(1), chain(3), each=True))


def hostile_change(name: str) -> DrawnChange:
    def hostile(filters: int) -> Any:
        unknown = {"unknown": {"op": name, "shape": f"8x8x{filters}"}}
        return network(name=name, layers=[{"conv": filters, "name": "first"}, unknown, {"conv": 3}])

    drawn = change(hostile(4), hostile(5))
    comparison = drawn.comparison
    return drawn._replace(
        comparison=comparison._replace(
            old=comparison.old._replace(file=name),
            new=comparison.new._replace(file=f"new {name}"),
            others=(name,),
            changes=tuple(
                layer._replace(
                    old=layer.old and layer.old._replace(name=f"{name}{number}"),
                    new=layer.new and layer.new._replace(name=f"{name}{number}", named=True),
                )
                for number, layer in enumerate(comparison.changes)
            ),
        ),
        verdicts=[parse("params > 1").judged(1, 2)],
    )


class Tags(HTMLParser):
    """The tags of a page, with their attributes, and its text."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.text += data


ALLOWED = (
    "html head meta title style body main h1 h2 p div table caption thead tbody tr th td "
    "svg desc defs marker path pattern rect g text circle"
)


def check_hostile(name: str) -> None:
    drawn = hostile_change(name)
    check_picture(changes_picture(drawn))
    page = changes_page(drawn, ComparisonPage())
    tags = Tags()
    tags.feed(page)
    assert tags.tags <= set(ALLOWED.split())
    assert not {attribute for attribute in tags.attributes if attribute.startswith("on")}
    assert not {"href", "src"} & tags.attributes
    for mark in ("<script", "<img", "\u202e", "\u2066", "]]>", "\x00", "\x1b"):
        assert mark not in page


@each("hostile", HOSTILE)
def test_a_hostile_name_is_only_text(hostile: str) -> None:
    check_hostile(hostile)


@given(st.text(min_size=1, max_size=40) | st.sampled_from(HOSTILE))
def test_any_name_is_only_text(name: str) -> None:
    check_hostile(name)


def test_a_page_has_the_drawing_and_the_same_in_tables() -> None:
    drawn = change("resnet18", "resnet34")
    page = changes_page(drawn, ComparisonPage())
    assert changes_picture(drawn) in page
    assert "default-src 'none'" in page
    for word in ('http-equiv="refresh"', "src=", "href=", "@import", "<script", "<link"):
        assert word not in page
    assert '<th scope="row">parameters</th><td class="n">11,689,512</td><td class="n">21,797,672</td>' in page
    tables = page.count("<table>")
    assert tables == page.count("<caption>") == 2
    assert page.count('scope="col"') == 5 + 8


def test_a_page_of_equal_networks_has_no_table_of_changes() -> None:
    page = changes_page(change("lenet5", "lenet5"), ComparisonPage())
    assert "no difference in 12 layers" in page
    assert "Changes</h2>" not in page
