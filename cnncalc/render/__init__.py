"""Renderers: `report` arranges a spec's table and totals, `findings` a list of diagnostics. One format, one file."""
