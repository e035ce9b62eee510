"""What cnncalc costs, compared with a lower bound or another tool, measured in the same run: `python -m benchmarks`.

One benchmark, one file: its docstring is its title and what is measured, and `rows(bench)` measures it.
"""
