"""The tables as the newest migration leaves them; `aligned.migrations` makes them."""

from sqlalchemy import Column, Float, ForeignKey, ForeignKeyConstraint, MetaData, Table

from aligned.column_types import Integer, Text

metadata = MetaData()


def _text(name: str) -> Column[str]:
    return Column(name, Text, nullable=False)


def _number(name: str) -> Column[int]:
    return Column(name, Integer, nullable=False)


def _reference(name: str, target: str) -> Column[int]:
    return Column(name, Integer, ForeignKey(target), nullable=False)


# One row per migration that was run; its presence is what makes a database ours.
migrations = Table(
    "targem_migrations",
    metadata,
    Column("version", Integer, primary_key=True),
    _text("name"),
    _text("applied"),
)

# Long one-line texts that thousands of rows share: signatures of models and readings, glossary digests.
signatures = Table(
    "signatures",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("text", Text, nullable=False, unique=True),
)

documents = Table(
    "documents",
    metadata,
    Column("id", Integer, primary_key=True),
    _text("digest"),
    _reference("reading_id", "signatures.id"),
    _text("name"),
    _text("format"),
    _text("added"),
)

# Columns bear the names of the fields of `aligned.records.Segment`.
segments = Table(
    "segments",
    metadata,
    Column("document_id", Integer, ForeignKey("documents.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    _text("text"),
    _number("block"),
    _text("kind"),
    _number("start"),
    _number("end"),
    Column("page", Integer),
    Column("first_line", Integer),
    Column("last_line", Integer),
    Column("damaged", Text),
    _text("repair"),
    _number("level"),
    _text("marker"),
)

translations = Table(
    "translations",
    metadata,
    Column("key", Text, primary_key=True),
    _text("source"),
    _text("target"),
    Column("score", Float, nullable=False),
    _reference("signature_id", "signatures.id"),
    _text("receipts"),
    _text("findings"),
)

# Every pair that was ever made; `number` counts them in the order of their making. `edited` is the target as
# a person left it, where that is not the translation's own; `version` counts the changes; `shown` is 1 for
# the current pairs of each segment, in the reading of a document that the last run had, and 0 for others.
# A pair covers `span` segments from its position on; `part` orders the current pairs of one position.
# `covers` holds the segments of a pair that a person made by splitting, merging, moving or giving another
# source, as JSON, and is null for all others. The last five are what queues and filters go by: minus the
# highest price of a receipt, the translation's score, the names of the checks that found something, each
# between blanks, source and target as they are searched, and chrF2 against a reference, null without one.
pairs = Table(
    "pairs",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    _number("document_id"),
    _number("position"),
    Column("translation_key", Text, ForeignKey("translations.key"), nullable=False),
    _reference("glossary_id", "signatures.id"),
    _text("origin"),
    _text("status"),
    Column("edited", Text),
    _number("version"),
    _text("changed"),
    _number("shown"),
    _number("span"),
    _number("part"),
    Column("covers", Text),
    Column("forcing", Float, nullable=False),
    Column("score", Float, nullable=False),
    _text("checks"),
    _text("searched"),
    Column("chrf", Float),
    ForeignKeyConstraint(["document_id", "position"], ["segments.document_id", "segments.position"]),
)

# What became of pairs after they were made: only ever appended to. `undoes` is the change that this one
# takes back. Of a change of structure, `pair_id` is the first of the pairs that gave way.
changes = Table(
    "changes",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("pair_id", Text, ForeignKey("pairs.id"), nullable=False),
    _text("at"),
    _text("who"),
    _text("status_before"),
    _text("status_after"),
    _text("target_before"),
    _text("target_after"),
    Column("undoes", Integer, ForeignKey("changes.number")),
    _number("document_id"),
    _text("kind"),
    _text("comment"),
)

# The pairs that gave way in a change of structure ("before") and those that came ("after"), in order.
change_pairs = Table(
    "change_pairs",
    metadata,
    Column("change_number", Integer, ForeignKey("changes.number"), primary_key=True),
    Column("side", Text, primary_key=True),
    Column("place", Integer, primary_key=True),
    Column("pair_id", Text, ForeignKey("pairs.id"), nullable=False),
)

# What the checks of quality found in pairs when they last looked; spans are JSON.
findings = Table(
    "findings",
    metadata,
    Column("pair_id", Text, ForeignKey("pairs.id"), primary_key=True),
    Column("place", Integer, primary_key=True),
    _text("check"),
    _text("severity"),
    _text("message"),
    _text("source_spans"),
    _text("target_spans"),
)

# One row: the number of the last pair that the index of texts holds, null where the database has none.
text_index = Table("text_index", metadata, Column("indexed", Integer))

# What a document's English is compared with: how others put these segments. Several have other places.
segment_references = Table(
    "segment_references",
    metadata,
    Column("document_id", Integer, ForeignKey("documents.id"), primary_key=True),
    Column("place", Integer, primary_key=True),
    Column("position", Integer, primary_key=True),
    _number("span"),
    _text("text"),
    _reference("signature_id", "signatures.id"),
)

# Files that were imported, whole, by the SHA-256 of their bytes.
imports = Table("imports", metadata, Column("digest", Text, primary_key=True), _text("name"), _text("at"))

# The pairs that stand for the segments now, and the glossary of the run that made them: one to a segment
# unless a person has split or merged.
current = Table(
    "current_pairs",
    metadata,
    Column("document_id", Integer, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("part", Integer, primary_key=True),
    Column("pair_id", Text, ForeignKey("pairs.id"), nullable=False),
    _reference("glossary_id", "signatures.id"),
    ForeignKeyConstraint(["document_id", "position"], ["segments.document_id", "segments.position"]),
)

# Scores of models on test sets, and of each run the metrics in order.
score_runs = Table(
    "score_runs",
    metadata,
    Column("number", Integer, primary_key=True),
    _text("at"),
    _text("model"),
    _text("model_digest"),
    _reference("glossary_id", "signatures.id"),
    _text("test_set"),
    _text("name"),
    _number("segments"),
)
scores = Table(
    "scores",
    metadata,
    Column("run_number", Integer, ForeignKey("score_runs.number"), primary_key=True),
    Column("place", Integer, primary_key=True),
    _text("metric"),
    _reference("signature_id", "signatures.id"),
    Column("score", Float, nullable=False),
    Column("mean", Float),
    Column("half", Float),
)
