"""What CONTRIBUTING.md says about the objects of an expansion is true."""

import ast
import re
from pathlib import Path

import cnncalc.graph

ROOT = Path(__file__).parents[2]
ROOM = Path(cnncalc.graph.__file__).parent
SECTION = (
    (ROOT / "CONTRIBUTING.md")
    .read_text(encoding="utf-8")
    .split("## How a spec is expanded")[1]
    .split("\n## ")[0]
)
ROWS = re.findall(r"^\| `(\w+)` \| `(\w+\.py)` \|", SECTION, re.MULTILINE)


def classes(file: str) -> set[str]:
    """The classes that a file of the room defines."""
    tree = ast.parse((ROOM / file).read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.ClassDef)}


def constructed() -> set[str]:
    """The classes of the room's objects with state of their own that live as long as an expansion."""
    tree = ast.parse((ROOM / "expand.py").read_text(encoding="utf-8"))
    (expander,) = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    calls = [node.func for node in ast.walk(expander) if isinstance(node, ast.Call)]
    known = {name for file in ROOM.glob("*.py") for name in classes(file.name)}
    return {call.id for call in calls if isinstance(call, ast.Name) and call.id in known} | {expander.name}


def test_each_object_of_the_table_is_in_its_file() -> None:
    assert ROWS
    assert [row for row in ROWS if row[0] not in classes(row[1])] == []


def test_each_object_that_the_expander_makes_is_in_the_table() -> None:
    makes = constructed()
    assert makes >= {"Expander", "Binder", "BlockUses", "Joins", "Names", "Residuals"}
    # `Least` is explained in the row of `SizeLimit`, which it belongs to.
    assert makes - {name for name, _ in ROWS} == {"Least"}


def test_each_object_of_the_drawing_is_in_the_table() -> None:
    drawn = set(re.findall(r'^    \w+\["([A-Z]\w+): ', SECTION, re.MULTILINE))
    assert drawn
    assert drawn <= {name for name, _ in ROWS}
