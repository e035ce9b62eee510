"""What PyTorch takes of a device's memory to run a network: tensors over time, the allocator below them, GPUs."""
