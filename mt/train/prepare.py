"""Corpora → tokenizer and encoded pairs: cleaned, guarded, counted, and kept for the next piece of a run."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from aligned.formats.atomic import atomic_file
from mt.engines.folder import find_model
from mt.errors import TrainingError
from mt.train.batches import Encoded, Rows, eligible, encode
from mt.train.checkpoint import check_checkpoint
from mt.train.cleaning import Counts, TextPair, clean
from mt.train.corpora import files_of, read_pairs
from mt.train.heldout import Guard, read_guard
from mt.train.marking import read_terms, with_marked_terms
from mt.train.numbers import with_other_numbers
from mt.train.recipe import Phase, Recipe
from mt.train.tokenizer import FILES, Tokenizer, copy_tokenizer, train_tokenizer, write_tokenizer

TOO_SHORT = "too_short"
_CACHE = "prepared.npz"
_TOKENIZER = "tokenizer"
_SIDES = ("source_values", "source_starts", "target_values", "target_starts")

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Prepared:
    """What a run learns from. `digest` stands for the recipe's data settings and the files' contents."""

    tokenizer: Tokenizer
    data: Mapping[str, Encoded]
    counts: Mapping[str, Counts]
    guarded: int
    digest: str


def prepare(recipe: Recipe, folder: Path, say: Say = lambda _: None) -> Prepared:
    """Read, clean and encode a recipe's corpora into a folder, or find there what was prepared before.

    Raises TrainingError for a corpus that cannot be read, where a phase has no pairs left, and for a folder
    with the checkpoint of another recipe or other data.
    """
    digest = data_digest(recipe)
    check_checkpoint(folder, digest)
    if found := _kept(folder, digest):
        say(f"data as prepared before ({sum(map(len, found.data.values()))} pairs)")
        return found
    guard = read_guard(map(Path, (*recipe.heldout, *recipe.dev.values())))
    say(f"held out: {len(guard)} sentences")
    counts: dict[str, Counts] = {}
    pairs = _cleaned(recipe, guard, counts, say)
    _check_phases(recipe, lambda phase: sum(len(pairs[n]) for n, w in phase.weights.items() if w), counts)
    tokenizer = _tokenizer(recipe, pairs, folder)
    data = {name: encode(found, tokenizer) for name, found in pairs.items()}
    _check_phases(recipe, lambda phase: eligible(data, phase), counts)
    prepared = Prepared(tokenizer, data, counts, len(guard), digest)
    _keep(prepared, folder)
    return prepared


def report(counts: Mapping[str, Counts]) -> Iterator[str]:
    """Yield one line a source: what was read, kept and dropped by reason."""
    width = max(map(len, counts))
    for name, count in counts.items():
        reasons = ", ".join(f"{reason} {number}" for reason, number in count.dropped.most_common())
        yield f"{name:{width}}  {count.read:8} read  {count.kept:8} kept" + (
            f"  dropped: {reasons}" if reasons else ""
        )


def _cleaned(recipe: Recipe, guard: Guard, counts: dict[str, Counts], say: Say) -> dict[str, list[TextPair]]:
    seen: set[bytes] = set()
    pairs: dict[str, list[TextPair]] = {}
    for name, source in recipe.sources.items():
        counts[name] = Counts()
        reasons = (guard, _short(source.min_target_words))
        read = read_pairs(Path(source.file))
        if source.other_numbers:
            read = with_other_numbers(read)
        # A pair with marked terms is no second one, and marks look like what programs fill in.
        found = clean(read, recipe.cleaning, set() if source.terms else seen, counts[name], reasons)
        if source.terms:
            terms = read_terms(pair for file in source.terms for pair in read_pairs(Path(file)))
            found = with_marked_terms(found, terms)
        pairs[name] = list(found)
        say(next(report({name: counts[name]})))
    return pairs


def _short(least: int) -> Callable[[TextPair], str | None]:
    return lambda pair: TOO_SHORT if len(pair.target.split()) < least else None


def _tokenizer(recipe: Recipe, pairs: Mapping[str, list[TextPair]], folder: Path) -> Tokenizer:
    home = folder / _TOKENIZER
    if recipe.model.parent and not recipe.model.new_vocabulary:
        return copy_tokenizer(find_model(recipe.model.parent).path, home)
    texts = _weighted(pairs, recipe.tokenizer.weights)
    return write_tokenizer(train_tokenizer(texts, recipe.tokenizer.size, recipe.tokenizer.coverage), home)


def _weighted(pairs: Mapping[str, list[TextPair]], weights: Mapping[str, float]) -> Iterator[str]:
    """Yield both sides of every pair as often as its source weighs; of a part, evenly spread pairs."""
    for name, found in pairs.items():
        weight = weights.get(name, 0.0 if weights else 1.0)
        whole, part = int(weight), weight - int(weight)
        for index, pair in enumerate(found):
            times = whole + (int((index + 1) * part) > int(index * part))
            for _ in range(times):
                yield pair.source
                yield pair.target


def _check_phases(recipe: Recipe, left: Callable[[Phase], int], counts: Mapping[str, Counts]) -> None:
    """Raise TrainingError for a phase for which no pairs are left, with the most frequent reasons."""
    for phase in recipe.phases:
        if not left(phase):
            dropped = sum((count.dropped for count in counts.values()), start=Counter[str]())
            most = ", ".join(f"{reason} {number}" for reason, number in dropped.most_common(3))
            raise TrainingError(
                f"no pairs are left for phase '{phase.name}'" + (f" (dropped: {most})" if most else ""),
                "check the corpora, the limits under [cleaning], and the phase's weights and longest",
            )


def data_digest(recipe: Recipe) -> str:
    """Return the SHA-256 of all that decides the encoded data: settings, and the files' bytes."""
    digest = hashlib.sha256(recipe.digest.encode())
    corpora = (Path(file) for source in recipe.sources.values() for file in source.files)
    sources = (file for corpus in corpora for file in files_of(corpus))
    files = [*sources, *map(Path, (*recipe.dev.values(), *recipe.heldout))]
    parent = find_model(recipe.model.parent).path if recipe.model.parent else None
    weights = sorted(parent.glob("*.safetensors")) if parent else []
    tokenizer = [parent / name for name in FILES[:3]] if parent else []
    for name in (*files, *tokenizer, *weights):
        try:
            with name.open("rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
        except OSError as error:
            what = f"{name} cannot be read ({error.strerror})"
            raise TrainingError(
                what, "correct the recipe, or give the corpora's folder with --data"
            ) from None
    return digest.hexdigest()


def _keep(prepared: Prepared, folder: Path) -> None:
    arrays: dict[str, Any] = {}
    for name, pairs in prepared.data.items():
        parts = (pairs.source.values, pairs.source.starts, pairs.target.values, pairs.target.starts)
        arrays |= {f"{name}/{side}": part for side, part in zip(_SIDES, parts, strict=True)}
    facts = {
        "digest": prepared.digest,
        "guarded": prepared.guarded,
        "counts": {n: [c.read, c.kept, dict(c.dropped)] for n, c in prepared.counts.items()},
    }
    with atomic_file(folder / _CACHE) as file:
        np.savez_compressed(file, facts=np.array(json.dumps(facts)), **arrays)


def _kept(folder: Path, digest: str) -> Prepared | None:
    """Return what was prepared before, if it is whole and of the same recipe and files."""
    try:
        with np.load(folder / _CACHE, allow_pickle=False) as stored:
            facts = json.loads(str(stored["facts"]))
            if facts["digest"] != digest:
                return None
            data = {}
            for name in facts["counts"]:
                a, b, c, d = (stored[f"{name}/{side}"] for side in _SIDES)
                data[name] = Encoded(Rows(a, b), Rows(c, d))
        tokenizer = Tokenizer(folder / _TOKENIZER)
    except (OSError, ValueError, KeyError):
        return None
    counts = {
        name: Counts(read, kept, Counter(dropped)) for name, (read, kept, dropped) in facts["counts"].items()
    }
    return Prepared(tokenizer, data, counts, facts["guarded"], digest)
