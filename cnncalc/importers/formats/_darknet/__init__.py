"""Darknet's configuration files: their sections, and the layers that each section stands for."""
