"""Modules that PyTorch lacks. `cnncalc export` copies their source, so they are formatted for any project."""
