"""PyTorch source code of a network: one class for each block, one `nn.Sequential` for each run of modules."""
