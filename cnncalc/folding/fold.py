"""From a draft to a document with structure."""

from typing import Any

from cnncalc.importers import Draft, document


def fold(draft: Draft) -> dict[str, Any]:
    """The document of a draft, folded."""
    return document(draft)
