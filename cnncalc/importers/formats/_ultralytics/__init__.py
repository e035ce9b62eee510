"""Ultralytics' model files: rows of modules, and the layers that each module is made of."""
