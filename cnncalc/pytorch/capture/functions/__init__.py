"""Mappings from PyTorch's functions to layers, one file for each family; a new mapping is one decorated function."""
