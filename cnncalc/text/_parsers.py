"""PyYAML's two event parsers, made to agree: libyaml's for speed, the pure one where libyaml is missing."""

from typing import Any

import yaml
from yaml.parser import Parser
from yaml.reader import Reader
from yaml.scanner import Scanner, ScannerError

BAD_ESCAPE = "found invalid Unicode character escape code"


class _PureParser(Reader, Scanner, Parser):
    """PyYAML's own parser without its resolver and constructor."""

    def __init__(self, text: str) -> None:
        Reader.__init__(self, text)
        Scanner.__init__(self)
        Parser.__init__(self)

    def scan_flow_scalar(self, style: str) -> Any:
        """Refuse escapes that are no character, as libyaml does; PyYAML makes surrogates of some, and raises."""
        start = self.get_mark()
        context = "while parsing a quoted scalar"
        try:
            token = super().scan_flow_scalar(style)
        except (ValueError, OverflowError):
            raise ScannerError(context, start, BAD_ESCAPE, self.get_mark()) from None
        if any("\ud800" <= character <= "\udfff" for character in token.value):
            raise ScannerError(context, start, BAD_ESCAPE, self.get_mark())
        return token


def parser(text: str, pure: bool) -> Any:
    """A parser with `get_event` and `dispose`; both kinds count lines and columns in characters from 0."""
    if pure or not yaml.__with_libyaml__:
        return _PureParser(text)
    from yaml.cyaml import CParser  # type: ignore[attr-defined]

    return CParser(text)
