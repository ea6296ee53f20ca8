"""What adapting brings and costs: 400 pairs of one family of documents, and how its other documents fare.

Arguments: the folder with `corpora` and `dev`, the model to adapt, a table of the family's documents.
"""

import os
import sys
import tempfile
import time
from pathlib import Path

from glossary.terms import Glossary, merge, read_glossary, shipped
from mt.engines.registry import load_engine
from mt.engines.settings import DEFAULT_MODEL
from mt.registry.home import HOME_VARIABLE
from mt.train.adapt import Adapted, Plan, adapt
from mt.train.cleaning import TextPair
from mt.train.corpora import PROSE, read_pairs
from mt.train.judge import GENERAL, NEW, Judgement, judge
from mt.train.replay import General, general_from
from mt.train.reviewed import Parts, chance, cleaned

SHARED = Path(__file__).resolve().parents[3] / "shared"
# A series on gas and sea borders in the eastern Mediterranean; no model that ships was taught any of it.
FAMILY = Path(__file__).resolve().parents[1] / "data/family_gas.docs.tsv"
ADAPTED, WATCHED, FLORES = 400, 40, 200
TIERS = ("tatoeba", "docs")
UNSEEN = "policy dev"


def main(arguments: list[str]) -> None:
    """Print BLEU, chrF and terms kept before and after on the family, on general text, on policy dev."""
    shared, model, family = [*arguments, *(str(SHARED), DEFAULT_MODEL, str(FAMILY))[len(arguments) :]]
    folder = Path(shared) if (Path(shared) / "dev").is_dir() else Path(shared).parent
    if not (folder / "corpora").is_dir():
        raise SystemExit(f"no corpora in {folder}: give the folder with corpora and dev")
    new, general = family_parts(Path(family)), general_parts(folder)
    glossary = merge(shipped(), read_glossary(folder / "dev/policy.terms.tsv"))
    begun = time.perf_counter()
    with tempfile.TemporaryDirectory() as home:
        os.environ[HOME_VARIABLE] = home
        plan = Plan("adapted", model, glossary=glossary)
        made = adapt(new, general, plan, lambda line: print(line, file=sys.stderr))
        seconds = time.perf_counter() - begun
        unseen = list(read_pairs(folder / "dev/policy.tsv"))
        print_rows(made, {UNSEEN: unseen}, glossary)
    print(f"{made.steps} updates, {seconds:.0f} s with judging; {made.lost or 'won'}")


def family_parts(path: Path) -> Parts:
    """Return the family's pairs: whole documents to learn from, to stop by, and the rest to judge."""
    documents: dict[str, list[TextPair]] = {}
    for pair in documented(path):
        documents.setdefault(pair.document, []).append(pair)
    parts: list[list[TextPair]] = [[], [], []]
    for name in sorted(documents, key=chance):
        taken = len(parts[0]) + len(parts[1])
        part = 1 if len(parts[1]) < WATCHED else 0 if taken < ADAPTED else 2
        parts[part] += cleaned(documents[name])[0]
    surplus = len(parts[0]) + len(parts[1]) - ADAPTED
    return Parts(tuple(parts[0][: len(parts[0]) - max(surplus, 0)]), tuple(parts[1]), tuple(parts[2]))


def documented(path: Path) -> list[TextPair]:
    """Read a table without a header whose first column names the document."""
    names = [line.split("\t")[0] for line in path.read_text("utf-8").splitlines() if line.strip()]
    return [
        TextPair(pair.source, pair.target, document=name)
        for name, pair in zip(names, read_pairs(path), strict=True)
    ]


def general_parts(folder: Path) -> General:
    """Return tatoeba, documentation and prose to mix in, and the beginning of FLORES dev to judge."""
    parts = general_from([PROSE, *(folder / f"corpora/{tier}.tsv.xz" for tier in TIERS)]).parts
    flores = list(read_pairs(folder / "dev/flores-dev.tsv"))[:FLORES]
    return General(Parts(parts.train, parts.watch, tuple(flores)))


def print_rows(made: Adapted, more: dict[str, list[TextPair]], glossary: Glossary) -> None:
    """Print the table, with further sets that are judged only here."""
    before = made.before | judge(load_engine(str(made.parent.path)), more, glossary)
    after = made.after | judge(load_engine(str(made.model.path)), more, glossary)
    names = {NEW: "other documents of the family", GENERAL: "FLORES dev", **{n: n for n in more}}
    print(f"{'set':34} {'pairs':>5} {'BLEU':>14} {'chrF2':>14}  terms kept")
    for name, title in names.items():
        one, two = before[name], after[name]
        print(
            f"{title:34} {one.pairs:5} {one.bleu:6.2f}→{two.bleu:6.2f}  {one.chrf:6.2f}→{two.chrf:6.2f}  "
            f"{share(one)} → {share(two)} of {one.owed}"
        )


def share(made: Judgement) -> str:
    """Return the share of terms kept as text."""
    return "-" if made.accuracy is None else f"{made.accuracy:.1f}%"
