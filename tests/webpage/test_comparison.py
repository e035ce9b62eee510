"""Networks side by side: their figures in a table, and as plots."""

import pytest

from cnncalc.webpage.comparison import comparison
from cnncalc.webpage.figures import ALL
from tests.webpage._read import ReadPage, network

WRONG = "cnncalc: 1\ninput: 8x8x3\nname: wrong\nlayers: [conv: 4, conv: {filters: 4, kernel: 9}]\n"


def test_every_figure_of_every_network_is_there() -> None:
    networks = [network(name, number) for number, name in enumerate(("vgg16", "resnet50", "alexnet"), 1)]
    page = ReadPage(comparison(networks))
    for each in networks:
        for figure in ALL:
            assert figure.text(each) in page.text
    assert "212 px" in page.text


def test_an_unknown_figure_has_no_circle_and_a_bar_that_says_so() -> None:
    page = ReadPage(comparison([network("lenet5"), network(WRONG, 2)]))
    assert "? (at least 16)" in page.text
    assert len([tag for tag, _ in page.tags if tag == "circle"]) == 1


@pytest.mark.parametrize(
    "spec", [WRONG, "cnncalc: 1\ninput: 8x8x3\nlayers: []\n", "cnncalc: 1\ninput: 3\nlayers: [relu]\n"]
)
def test_networks_of_which_little_is_known_have_a_table(spec: str) -> None:
    page = ReadPage(comparison([network(spec), network(spec, 2)]))
    assert "2 networks" in page.text
