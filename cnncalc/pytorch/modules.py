"""Modules that PyTorch does not have: plain `nn.Module`s for layers whose call is `own.*`."""
