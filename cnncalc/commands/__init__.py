"""One command, one file, named as it is typed: a module with `command`. Heavy imports live inside the functions."""
