"""Training of the network that puts the runs of damaged lines in order."""
