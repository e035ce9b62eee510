"""Output: `formats` has one file for each format, the other rooms lay out one kind of report in text and JSON."""
