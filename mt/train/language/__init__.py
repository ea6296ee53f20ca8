"""Training of the language model behind repair."""
