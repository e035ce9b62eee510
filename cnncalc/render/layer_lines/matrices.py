"""A layer as products of matrices: im2col, and the matrix of a fully-connected layer."""

from collections.abc import Iterator, Sequence

from cnncalc.analysis.layer_facts import LayerFacts
from cnncalc.exact import counted, grouped, shown
from cnncalc.figure_words import percent
from cnncalc.render.figures import size
from cnncalc.render.layer_lines._ratio import times
from cnncalc.vocabulary.matrix import Matrix


def matrices(facts: LayerFacts) -> Iterator[tuple[str, str]]:
    """The matrices of im2col, and what they take."""
    result = facts.matrices
    yield from sides(result)
    if result:
        yield f"{_title(result)} memory", "; ".join(_memory(facts, item) for item in result)


def sides(result: Sequence[Matrix]) -> Iterator[tuple[str, str]]:
    """The sides of matrices."""
    for item in result:
        yield f"{_title(result)} {item.name}", _sides(item)


def _title(result: Sequence[Matrix]) -> str:
    """A transposed convolution's columns are parts of its output, which add up."""
    return "col2im" if any(item.holds == "parts of the output" for item in result) else "im2col"


def _sides(item: Matrix) -> str:
    each = f", for each of {counted(item.times, item.each)}" if item.each else ""
    if not item.rows_of and not item.columns_of:
        return f"{shown(item.rows)} x {shown(item.columns)}{each}"
    rows, columns = item.rows_of or item.rows, item.columns_of or item.columns
    return f"{rows} x {columns} = {shown(item.rows)} x {shown(item.columns)}{each}"


def _memory(facts: LayerFacts, item: Matrix) -> str:
    text = f"{item.name} {counted(item.values, 'value')}"
    if item.holds != "weights":
        text += f" = {size(facts.nbytes(item.values))}"
    else:
        text += f" = {size(facts.nbytes(item.values) // facts.batch)}"
    if item.holds == "input" and item.values != facts.volume.size:
        text += f", {times(item.values, facts.volume.size)} the input"
    if item.holds == "parts of the output":
        text += f", {times(item.values, facts.output.size)} the output"
    return text


def dense(facts: LayerFacts) -> Iterator[tuple[str, str]]:
    """The layer as a fully-connected one."""
    matrix = facts.connections
    if matrix is None:
        return
    text = f"{grouped(matrix.rows)} x {grouped(matrix.columns)} = {counted(matrix.entries, 'weight')}"
    if matrix.zeros:
        text += f", {grouped(matrix.used)} not zero: {percent(matrix.zeros, matrix.entries)} zeros"
    else:
        text += ", no zeros"
    shared = 0 if facts.filters is None else facts.filters.size
    if facts.windows and shared and shared < matrix.used:
        text += f"; they have {counted(shared, 'different value')}"
    yield "as fully connected", text
