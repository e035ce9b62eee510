"""What layer types are made of: fields, windows, tensors, steps, faults and the bases that several types share."""
