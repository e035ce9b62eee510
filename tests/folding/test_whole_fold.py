"""Networks whose whole fold is the same network at the first try: nothing has to be left out."""

import pytest

import cnncalc
from cnncalc.folding.expanding import expanded, proven
from cnncalc.folding.fold import with_folds
from cnncalc.folding.permits import Permits
from cnncalc.importers import document, text
from tests.importers.drafts import draft_of

# Most concatenations are along the length: those along the channels say so, or it is no default.
CONCATENATIONS = """
cnncalc: 1
input: {channels: 8, length: 12}
layers:
  - concat: {of: [[slice: {axis: length, stop: 4}], [slice: {axis: length, start: 4}]], over: length}
  - concat: {of: [[relu], [tanh]], over: length}
  - concat: {of: [[sigmoid], []], over: length}
"""
LISTED = "  - concat: [[conv: {filters: 8, kernel: 1}], [conv: {filters: 4, kernel: 1}]]\n"
WITH_REFERENCES = "  - conv: {filters: 4, kernel: 1}\n    name: left\n  - conv: 4\n  - concat: [prev, left]\n"


@pytest.mark.parametrize("end", [LISTED, WITH_REFERENCES], ids=["branches", "references"])
def test_the_defaults_of_a_type_do_not_change_a_layer_that_lists_only_its_operands(end: str) -> None:
    draft = draft_of(cnncalc.load(CONCATENATIONS + end))
    flat = expanded(document(draft))
    folded = with_folds(draft, flat, Permits())
    assert proven(folded, {"inference": flat}), text(folded)
    assert "concat" not in folded["defaults"]


def test_what_all_layers_with_operands_have_in_common_is_a_default() -> None:
    draft = draft_of(cnncalc.load(CONCATENATIONS))
    flat = expanded(document(draft))
    folded = with_folds(draft, flat, Permits())
    assert proven(folded, {"inference": flat}), text(folded)
    assert folded["defaults"]["concat"] == {"over": "length"}
