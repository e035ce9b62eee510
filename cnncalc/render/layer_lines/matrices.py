"""A layer as products of matrices: im2col, and the matrix of a fully-connected layer."""

from collections.abc import Iterator, Sequence

from cnncalc.analysis.layer_facts import LayerFacts
from cnncalc.exact import counted
from cnncalc.figure_words import percent
from cnncalc.render.figures import size
from cnncalc.render.layer_lines._ratio import times
from cnncalc.vocabulary.matrix import Matrix


def matrices(facts: LayerFacts) -> Iterator[tuple[str, str]]:
    """The matrices of im2col, and what they take."""
    found = facts.matrices
    yield from sides(found)
    if found:
        yield f"{_title(found)} memory", "; ".join(_memory(facts, one) for one in found)


def sides(found: Sequence[Matrix]) -> Iterator[tuple[str, str]]:
    """The sides of matrices."""
    for one in found:
        yield f"{_title(found)} {one.name}", _sides(one)


def _title(found: Sequence[Matrix]) -> str:
    """A transposed convolution's columns are parts of its output, which add up."""
    return "col2im" if any(one.holds == "parts of the output" for one in found) else "im2col"


def _sides(one: Matrix) -> str:
    each = f", for each of {counted(one.times, one.each)}" if one.each else ""
    if not one.rows_of and not one.columns_of:
        return f"{one.rows} x {one.columns}{each}"
    rows, columns = one.rows_of or one.rows, one.columns_of or one.columns
    return f"{rows} x {columns} = {one.rows} x {one.columns}{each}"


def _memory(facts: LayerFacts, one: Matrix) -> str:
    text = f"{one.name} {counted(one.values, 'value')}"
    if one.holds != "weights":
        text += f" = {size(facts.nbytes(one.values))}"
    else:
        text += f" = {size(facts.nbytes(one.values) // facts.batch)}"
    if one.holds == "input" and one.values != facts.volume.size:
        text += f", {times(one.values, facts.volume.size)} the input"
    if one.holds == "parts of the output":
        text += f", {times(one.values, facts.output.size)} the output"
    return text


def dense(facts: LayerFacts) -> Iterator[tuple[str, str]]:
    """The layer as a fully-connected one."""
    matrix = facts.connections
    if matrix is None:
        return
    text = f"{matrix.rows:,} x {matrix.columns:,} = {counted(matrix.entries, 'weight')}"
    if matrix.zeros:
        text += f", {matrix.used:,} not zero: {percent(matrix.zeros, matrix.entries)} zeros"
    else:
        text += ", no zeros"
    shared = next((one.size for one in facts.weights if not one.is_bias), 0)
    if facts.windows and shared and shared < matrix.used:
        text += f"; they have {counted(shared, 'different value')}"
    yield "as fully connected", text
