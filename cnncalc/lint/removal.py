"""Edits that take something out of a text and leave the rest of it as it is laid out."""

from collections.abc import Iterator

from cnncalc.diagnostic import Edit, Span
from cnncalc.spec import Ignore
from cnncalc.text import Entry, Mapping, Node, Scalar, Source
from cnncalc.text.comments import comments


def without_comment(source: Source, ignore: Ignore) -> Edit:
    """Take out an ignore comment, and the line that holds nothing else."""
    file, line, column, _, end = ignore.span
    text = source.line(line)
    before, after = text[: column - 1].rstrip(), text[end - 1 :].strip()
    if after:
        return Edit(Span(file, line, column, line, len(text) - len(text[end - 1 :].lstrip()) + 1), "")
    if before:
        return Edit(Span(file, line, len(before) + 1, line, len(text) + 1), "")
    return Edit(Span(file, line, 1, line + 1, 1), "")


def without_code(source: Source, ignore: Ignore, at: int) -> Edit:
    """Take one code out of an ignore comment; the last one with the comment."""
    spans = [word.span for word in ignore.codes]
    if len(spans) == 1:
        return without_comment(source, ignore)
    span = spans[at]
    if at + 1 < len(spans):
        return Edit(span._replace(end_column=spans[at + 1].column), "")
    return Edit(span._replace(column=spans[at - 1].end_column), "")


def without_allowed(source: Source, root: Node, code: Span) -> tuple[Edit, bool] | None:
    """Take one code out of `allow:`, the last one with the key; None where the layout leaves no simple way.

    Whether a comment that stands there goes too.
    """
    for mapping, entry in _entries(root):
        if not isinstance(entry.value, Mapping) or entry.name != "allow":
            continue
        for one in entry.value:
            if one.key.span == code:
                alone = len(entry.value) == 1
                edit = _without(source, mapping, entry) if alone else _without(source, entry.value, one)
                return None if edit is None else (edit, _holds_comment(source, edit.span))
    return None


def _holds_comment(source: Source, span: Span) -> bool:
    begin, end = span.start, (span.end_line, span.end_column)
    return any(begin <= comment.span.start < end for comment in comments(source, "#"))


def _entries(node: Node) -> Iterator[tuple[Mapping, Entry]]:
    """Every entry of every mapping."""
    stack = [node]
    while stack:
        one = stack.pop()
        if isinstance(one, Mapping):
            for entry in one:
                yield one, entry
                stack.append(entry.value)
        elif not isinstance(one, Scalar):
            stack += one.items


def _without(source: Source, mapping: Mapping, entry: Entry) -> Edit | None:
    at = mapping.entries.index(entry)
    file, line, column, end_line, end_column = entry.span
    braces = source.line(mapping.span.line)[mapping.span.column - 1 : mapping.span.column] == "{"
    if at + 1 < len(mapping) and (at == 0 or braces):
        # Up to the next entry, which then stands here.
        after = mapping.entries[at + 1].key.span
        return Edit(Span(file, line, column, after.line, after.column), "")
    if at == 0:
        return None
    if braces:
        before = mapping.entries[at - 1].span
        return Edit(Span(file, before.end_line, before.end_column, end_line, end_column), "")
    rest = source.line(end_line)[end_column - 1 :].strip()
    if source.line(line)[: column - 1].strip() or (rest and not rest.startswith("#")):
        return None
    return Edit(Span(file, line, 1, end_line + 1, 1), "")
