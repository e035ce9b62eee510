"""Edits that remove something from a text and keep the layout of the rest."""

from bisect import bisect_left
from collections.abc import Iterator
from functools import cached_property

from cnncalc.diagnostic import Edit, Span
from cnncalc.spec import Ignore
from cnncalc.text import Entry, Mapping, Node, Scalar, Source, load
from cnncalc.text.comments import comments

Place = tuple[int, int]


def without_comment(source: Source, ignore: Ignore) -> Edit:
    """Remove an ignore comment, and its line if it has nothing else."""
    file, line, column, _, end = ignore.span
    text = source.line(line)
    before, after = text[: column - 1].rstrip(), text[end - 1 :].strip()
    if after:
        return Edit(Span(file, line, column, line, len(text) - len(text[end - 1 :].lstrip()) + 1), "")
    if before:
        return Edit(Span(file, line, len(before) + 1, line, len(text) + 1), "")
    return Edit(Span(file, line, 1, line + 1, 1), "")


def without_code(source: Source, ignore: Ignore, index: int) -> Edit:
    """Remove one code from an ignore comment; with the last code, the comment."""
    codes = ignore.codes
    if len(codes) == 1:
        return without_comment(source, ignore)
    span = codes[index].span
    if index + 1 < len(codes):
        return Edit(span._replace(end_column=codes[index + 1].span.column), "")
    return Edit(span._replace(column=codes[index - 1].span.end_column), "")


class Allowances:
    """The entries of every `allow:` of a text. The text is read once for all removals."""

    def __init__(self, source: Source) -> None:
        self.source = source

    @cached_property
    def _places(self) -> dict[Span, tuple[Mapping, int, Mapping, int]]:
        """By a code's span: the mapping of its item, the index of `allow` in it, `allow`, and the code's index."""
        root, _ = load(self.source)
        return {
            code.key.span: (mapping, number, entry.value, place)
            for mapping, number, entry in (() if root is None else _entries(root))
            if isinstance(entry.value, Mapping) and entry.name == "allow"
            for place, code in enumerate(entry.value)
        }

    @cached_property
    def _comments(self) -> list[Place]:
        return sorted(comment.span.start for comment in comments(self.source, "#"))

    def without(self, code: Span) -> tuple[Edit, bool] | None:
        """Remove one code from `allow:`; with the last code, the key. None if the layout allows no simple edit.

        The flag is true if a comment is removed too.
        """
        if code not in self._places:
            return None
        mapping, number, allow, index = self._places[code]
        alone = len(allow) == 1
        edit = _without(self.source, mapping, number) if alone else _without(self.source, allow, index)
        return None if edit is None else (edit, self._holds_comment(edit.span))

    def _holds_comment(self, span: Span) -> bool:
        first = bisect_left(self._comments, span.start)
        return first < len(self._comments) and self._comments[first] < (span.end_line, span.end_column)


def _entries(node: Node) -> Iterator[tuple[Mapping, int, Entry]]:
    """Every entry of every mapping, with its index."""
    stack = [node]
    while stack:
        part = stack.pop()
        if isinstance(part, Mapping):
            for number, entry in enumerate(part):
                yield part, number, entry
                stack.append(entry.value)
        elif not isinstance(part, Scalar):
            stack += part.items


def _without(source: Source, mapping: Mapping, index: int) -> Edit | None:
    file, line, column, end_line, end_column = mapping.entries[index].span
    braces = source.line(mapping.span.line)[mapping.span.column - 1 : mapping.span.column] == "{"
    if index + 1 < len(mapping) and (index == 0 or braces):
        # Up to the next entry, which moves here.
        after = mapping.entries[index + 1].key.span
        return Edit(Span(file, line, column, after.line, after.column), "")
    if index == 0:
        return None
    if braces:
        before = mapping.entries[index - 1].span
        return Edit(Span(file, before.end_line, before.end_column, end_line, end_column), "")
    rest = source.line(end_line)[end_column - 1 :].strip()
    if source.line(line)[: column - 1].strip() or (rest and not rest.startswith("#")):
        return None
    return Edit(Span(file, line, 1, end_line + 1, 1), "")
