"""Output: `formats` has one file for each format, each other package lays out one kind of report in text and JSON."""
