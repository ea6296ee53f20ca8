"""Terms: how Hebrew hides them, and what a translation owes them."""
