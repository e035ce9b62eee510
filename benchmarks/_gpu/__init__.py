"""The parts of `python -m benchmarks.gpu`: they import torch and cnncalc's library, and nothing else."""

from benchmarks._gpu.plain_yaml import stand_in

# Before anything imports a part of cnncalc that reads specs.
stand_in()
