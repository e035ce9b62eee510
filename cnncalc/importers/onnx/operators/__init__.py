"""What each operation of ONNX is here: one file for each family."""
