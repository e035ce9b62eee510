"""Text with a style: a terminal may show it in colour, and a file takes it as it is."""


class Piece(str):
    """A stretch of text and the style it is shown in, where there is colour."""

    style: str

    def __new__(cls, text: str, style: str = "") -> "Piece":
        piece = super().__new__(cls, text)
        piece.style = style
        return piece
