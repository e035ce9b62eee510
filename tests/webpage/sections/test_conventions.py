"""The conventions of the page are those of the documentation, word by word."""

import re
from pathlib import Path

from cnncalc.webpage.sections.conventions import WORDS

PAGE = Path(__file__).resolve().parents[3] / "docs" / "conventions.md"


def test_every_sentence_is_in_the_documentation() -> None:
    known = " ".join(re.sub("[*`]", "", PAGE.read_text(encoding="utf-8")).split())
    for _, text in WORDS:
        for sentence in re.split(r"(?<=\.) ", text):
            assert sentence in known
