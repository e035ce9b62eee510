"""Writes a network in other forms: source code, drawings, files of other tools. One target, one file."""
