"""The fourth migration: scores of models; never edited once it is released."""

TABLES = (
    """CREATE TABLE score_runs (
        number {serial}, at TEXT NOT NULL, model TEXT NOT NULL, model_digest TEXT NOT NULL,
        glossary_id INTEGER NOT NULL REFERENCES signatures (id), test_set TEXT NOT NULL,
        name TEXT NOT NULL, segments INTEGER NOT NULL)""",
    "CREATE INDEX score_runs_by_model ON score_runs (model, number)",
    """CREATE TABLE scores (
        run_number INTEGER NOT NULL REFERENCES score_runs (number), place INTEGER NOT NULL,
        metric TEXT NOT NULL, signature_id INTEGER NOT NULL REFERENCES signatures (id),
        score DOUBLE PRECISION NOT NULL, mean DOUBLE PRECISION, half DOUBLE PRECISION,
        PRIMARY KEY (run_number, place))""",
)
