"""Keras' JSON: a model's configuration, and the layers that each of its layers stands for."""
