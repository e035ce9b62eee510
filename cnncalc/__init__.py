"""cnncalc: everything about a CNN architecture before a GPU is touched."""
