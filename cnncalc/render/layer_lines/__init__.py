"""The facts of a layer as names and lines of text, which every format and the page of `explain` share."""
