"""The parts of `python -m benchmarks.gpu`: they import torch and cnncalc's library, and nothing else."""
