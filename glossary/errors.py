"""The one base of all errors that a user can cause.

TargemError
├── GlossaryError          a glossary file, or a term in it
├── StoreError             the database            (aligned.errors)
├── FormatError            a file of pairs         (aligned.errors)
├── DocumentError          a file to read or write (mt.errors)
├── SettingError           an option's value       (mt.errors)
├── ModelError             a translation model     (mt.errors)
└── TrainingError          recipe, corpus, run     (mt.errors)
"""


class TargemError(Exception):
    """Say what is wrong and what to do about it, in one line each."""

    def __init__(self, what: str, do: str) -> None:
        super().__init__(f"{what}: {do}")
        self.what = what
        self.do = do


class GlossaryError(TargemError):
    """A glossary cannot be used; `faults` holds one line per fault, with line numbers."""

    def __init__(self, what: str, do: str, faults: tuple[str, ...] = ()) -> None:
        super().__init__(what, do)
        self.faults = faults
