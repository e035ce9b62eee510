"""The change from one network to another: one drawing of both, with what was added, removed and changed."""

from cnncalc.drawing.changes._page import changes_page
from cnncalc.drawing.changes._picture import DrawnChange, changes_picture

__all__ = ["DrawnChange", "changes_page", "changes_picture"]
