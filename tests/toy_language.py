"""A made-up pair of languages, word for word, that a tiny model learns in seconds; and a recipe for it."""

import random
from pathlib import Path

HEBREW = "אבגדהוזחטיכלמנסעפצקרשת"
WORDS = 12
VOCABULARY = 60

RECIPE = """
name = "toy"
seed = 3
[dev]
toy = "dev.tsv"
[sources]
toy = {{ file = "toy.tsv" }}
[tokenizer]
size = {vocabulary}
coverage = 1.0
[model]
width = {width}
feedforward = {feedforward}
encoder_layers = 1
decoder_layers = 1
heads = 2
[learning]
rate = {rate}
warmup = 20
batch_tokens = {tokens}
dropout = {dropout}
average = 0.98
smoothing = 0.1
precision = "float32"
[saving]
log_every = 10
checkpoint_every = {every}
evaluate_every = {evaluate}
stored = "float32"
[[phases]]
name = "one"
steps = {steps}
weights = {{ toy = 1 }}
"""
SETTINGS = {
    "vocabulary": VOCABULARY, "width": 16, "feedforward": 32, "rate": 5e-3, "tokens": 400,
    "dropout": 0.1, "every": 10, "evaluate": 20, "steps": 40,
}  # fmt: skip


def dictionary() -> dict[str, str]:
    """Return the language's words: three Hebrew letters each, and what they mean."""
    chance = random.Random(5)
    sources = ["".join(chance.sample(HEBREW, 3)) for _ in range(WORDS)]
    return {
        word: first + vowel + "kn"[i % 2]
        for i, (word, first, vowel) in enumerate(zip(sources, "bdfgklmnprst", "aeiouaeiouae", strict=True))
    }


def sentences(count: int, seed: int = 1, longest: int = 5) -> list[tuple[str, str]]:
    """Return so many different pairs."""
    chance = random.Random(seed)
    words = dictionary()
    pairs: dict[str, str] = {}
    while len(pairs) < count:
        chosen = chance.choices(list(words), k=chance.randint(2, longest))
        pairs[" ".join(chosen)] = " ".join(words[word] for word in chosen)
    return list(pairs.items())


def write_toy(folder: Path, pairs: int = 600, dev: int = 40, **settings: object) -> Path:
    """Write corpus, development set and recipe; return the recipe's path."""
    made = sentences(pairs + dev)
    for name, part in (("toy.tsv", made[dev:]), ("dev.tsv", made[:dev])):
        (folder / name).write_text("".join(f"{a}\t{b}\n" for a, b in part), "utf-8")
    path = folder / "toy.toml"
    path.write_text(RECIPE.format(**{**SETTINGS, **settings}), "utf-8")
    return path
