"""How a network fits a device, written: for people, for programs."""
