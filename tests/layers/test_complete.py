"""Every layer type states all facts. A new layer begins as a skeleton: this test lists what it lacks."""

from pathlib import Path

import cnncalc.layers
from cnncalc.layers import layer_type, names
from docs.scaffold import missing_facts, missing_statements
from tests._each import each

FOLDER = Path(cnncalc.layers.__file__).parent


@each("name", names())
def test_a_layer_answers_everything(name: str) -> None:
    kind = layer_type(name)
    missing = [*missing_statements(kind), *missing_facts(kind)]
    assert not missing, f"{name} does not state {', '.join(missing)}"


@each("name", names())
def test_nothing_is_left_of_the_skeleton(name: str) -> None:
    lines = (FOLDER / f"{name}.py").read_text(encoding="utf-8").splitlines()
    left = [f"line {number}: {line.strip()}" for number, line in enumerate(lines, 1) if "FILL" in line]
    assert not left, f"{name}.py is still to be filled in: {'; '.join(left)}"
