"""How good a translation is against references, whether another is really better, and where it is bad."""
