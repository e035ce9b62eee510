"""Text with a style: a terminal may show it in colour, and in a file it is plain text."""


class Piece(str):
    """A piece of text, and its style if there is colour."""

    style: str

    def __new__(cls, text: str, style: str = "") -> "Piece":
        piece = super().__new__(cls, text)
        piece.style = style
        return piece
