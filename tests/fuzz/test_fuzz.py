"""Whatever the text: no traceback, no hang, no silence, and no figure that does not add up."""

from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests._depth import FUZZING, NETWORKS, cases, long_but
from tests.fuzz import _specs
from tests.fuzz._hold import hold

# Several tests draw a part of the cases each: processes share them, and a run that is stopped loses one part at most.
PARTS = range(10 if FUZZING else 1)
CASES = cases(20, 1000 // len(PARTS), of=len(PARTS))
ANY = settings(max_examples=CASES, suppress_health_check=list(HealthCheck))
# A seed alone is quick to draw; a failing case is made smaller by hand, from the seed that is printed.
SEEDS = st.integers(0, 2**64 - 1)


@pytest.mark.fuzz
@pytest.mark.parametrize("part", PARTS)
@ANY
@given(seed=SEEDS)
def test_specs_written_by_the_layers_statements(part: int, seed: int) -> None:
    text = _specs.spec(Random(seed))
    hold(text.encode("utf-8", "surrogatepass"))


# A shipped network takes ten times as long as a written spec: `make test-all` draws fewer, `make fuzz` as many.
@pytest.mark.fuzz
@pytest.mark.parametrize("part", PARTS)
@settings(ANY, max_examples=cases(20, 400 // len(PARTS), of=len(PARTS)))
@given(seed=SEEDS)
def test_mutations_of_the_zoo(part: int, seed: int) -> None:
    hold(_specs.zoo(Random(seed)), _specs.FOLDER)


@pytest.mark.parametrize("name", long_but(NETWORKS, _specs.ZOO))
def test_the_zoo_itself(name: str) -> None:
    hold(_specs.ZOO[name], _specs.FOLDER)
