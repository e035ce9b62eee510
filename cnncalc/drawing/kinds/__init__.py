"""The kinds of drawings, one in each file: a function `draw` from analysis and options to the text of an SVG file."""
