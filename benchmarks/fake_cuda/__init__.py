"""PyTorch's CUDA build on a machine without a GPU: what CUDA's own dispatch allocates, measured with fake tensors.

Fake tensors on `cuda` take CUDA's kernels, types under autocast and batch normalisation, and need no GPU: only
libraries that answer when PyTorch asks for one. `python -m benchmarks.fake_cuda` compiles those, makes an environment,
measures the networks of the zoo, and writes benchmarks/results/fake-cuda.jsonl. What a cuBLAS or cuDNN workspace takes
is no tensor, and not in these figures.
"""
