"""The table as comma-separated values."""

import csv
from collections.abc import Callable
from io import StringIO
from typing import TypeAlias

import pytest

from cnncalc.render.columns import COLUMNS, EVERY
from cnncalc.report import Row

Rendered: TypeAlias = Callable[..., str]
NET = """\
cnncalc: 1
input: 8x8x3
layers:
  - conv: {filters: 4, kernel: [3, 5]}
  - conv_transpose: {filters: 2, kernel: 2, stride: 2}
"""


def test_has_every_column_unless_some_are_asked_for(rendered: Rendered) -> None:
    # The column of devices is there for a network that has some.
    *every, last = EVERY
    assert rendered(NET, "csv").splitlines()[0] == ",".join(every)
    placed = rendered("cnncalc: 1\ninput: 8x8x3\nlayers:\n  - {conv: 4, place: gpu0}\n", "csv").splitlines()
    assert (placed[0], placed[2].rpartition(",")[2]) == (",".join([*every, last]), "gpu0")
    assert rendered(NET, "csv", columns=("line", "name")).splitlines()[:2] == ["line,name", "2,input"]


def test_has_bare_figures(rendered: Rendered) -> None:
    rows = list(csv.DictReader(StringIO(rendered(NET, "csv"))))
    assert rows[1] == {
        "name": "conv1", "type": "conv", "layer": "CONV3x5-4", "volume": "6x4x4", "memory": "96", "weights": "180",
        "params": "184", "macs": "4320", "field": "3x5", "stride": "1", "line": "4", "inputs": "input",
    }  # fmt: skip
    assert rows[2]["stride"] == "1/2"


@pytest.mark.parametrize("value", ['a, "b"', "a\nb", "=1+1"])
def test_quotes_what_needs_it(rendered: Rendered, monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    """No name needs it today: the language allows none with a comma, a quote or a line feed."""

    def reader(row: Row) -> str:
        return value

    monkeypatch.setitem(COLUMNS, "name", COLUMNS["name"]._replace(value=reader))
    rows = list(csv.DictReader(StringIO(rendered(NET, "csv"))))
    assert [row["name"] for row in rows] == [value] * 3


def test_what_is_unknown_is_empty(rendered: Rendered) -> None:
    text = NET.replace("[3, 5]", "9")
    row = list(csv.DictReader(StringIO(rendered(text, "csv"))))[1]
    unknown = ("volume", "memory", "weights", "params", "macs", "field", "stride")
    assert [row[name] for name in unknown] == [""] * len(unknown)


def test_nothing_but_rows(rendered: Rendered) -> None:
    assert len(rendered(NET, "csv").splitlines()) == 1 + 3
