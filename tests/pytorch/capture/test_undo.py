"""Changes of dictionaries that are taken back."""

import pytest

from cnncalc.pytorch.capture.undo import Changes, Undoable


def test_everything_after_a_point_is_taken_back() -> None:
    changes = Changes()
    first: Undoable[str, int] = Undoable(changes)
    second: Undoable[str, int] = Undoable(changes)
    first["a"] = 1
    count = changes.count
    first["a"] = 2
    first["a"] = 3
    first["b"] = 4
    second["a"] = 5
    changes.back_to(count)
    assert (first, second) == ({"a": 1}, {})
    changes.back_to(0)
    assert first == {}


@pytest.mark.parametrize(
    "name", ["update", "setdefault", "pop", "popitem", "clear", "__ior__", "__delitem__"]
)
def test_a_change_that_is_not_written_down_is_refused(name: str) -> None:
    with pytest.raises(TypeError):
        getattr(Undoable(Changes()), name)({})
