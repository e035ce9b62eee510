"""Text with a style: what a terminal may show in colour and a file takes as it is."""


class Piece(str):
    """A stretch of text and the style it is shown in, where there is colour."""

    style: str

    def __new__(cls, text: str, style: str = "") -> "Piece":
        made = super().__new__(cls, text)
        made.style = style
        return made
