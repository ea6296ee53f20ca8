"""The sample brief: a text to try every command on, in three formats, with its English and its glossary.

It was written for this package. Places, bodies and treaties are real; the series, its editors, the author
and everyone quoted are invented, and so are the conference and the author's own estimates.
"""

from pathlib import Path

from mt.errors import SettingError

FILES = ("brief.he.txt", "brief.he.docx", "brief.he.pdf", "brief.en.txt", "brief.glossary.tsv")


def sample_path(name: str = "brief.he.txt") -> Path:
    """Return where a sample file lies.

    Raises SettingError, naming those there are, where `name` is not one of them.
    """
    if name not in FILES:
        raise SettingError(f"there is no sample '{name}'", f"choose one of {', '.join(FILES)}")
    return Path(__file__).with_name(name)
