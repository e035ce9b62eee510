"""What layer types are made of: fields, windows, tensors, steps, faults and the bases that several types share.

What most networks need imports kinds of diagnostics (`*_faults`) only where a problem is found: they start without.
"""
