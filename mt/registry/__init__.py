"""Models by name: shipped, the user's own in numbered versions, and the hub's; each with a manifest."""
