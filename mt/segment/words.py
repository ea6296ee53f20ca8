"""Word lists as readable lines."""


def words(*lines: str) -> frozenset[str]:
    """Return the words of lines that are separated by spaces."""
    return frozenset(word for line in lines for word in line.split())
