"""What may be chosen of an engine; it imports nothing, so that `--help` costs nothing."""

DEFAULT_MODEL = "he-en"
ENGINES = ("ctranslate2", "transformers")
DEFAULT_BEAM = 4
MAX_BEAM = 32
