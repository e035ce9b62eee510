"""From an offset in a text to its line and column."""

from bisect import bisect_right

from cnncalc.diagnostic import Span
from cnncalc.text import Source


class Places:
    """The places of one text; an offset costs a search among its lines."""

    def __init__(self, source: Source) -> None:
        self.file = source.name
        self.starts = [0]
        begin = source.text.find("\n")
        while begin >= 0:
            self.starts.append(begin + 1)
            begin = source.text.find("\n", begin + 1)

    def span(self, start: int, end: int) -> Span:
        """The range of the text from `start` up to, but not including, `end`."""
        line, last = bisect_right(self.starts, start), bisect_right(self.starts, end)
        return Span(self.file, line, start - self.starts[line - 1] + 1, last, end - self.starts[last - 1] + 1)
