"""COMET (Rei et al. 2020) with weights in Marian's format, by pymarian (Gowda et al. 2024) on the CPU.

In a process of its own, since Marian ends the process where it cannot read its weights.
"""

import hashlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from math import isfinite
from pathlib import Path

from mt.engines.machine import cores
from mt.errors import SettingError
from mt.scoring import COMET_MODEL, NEURAL

PACKAGE = "pymarian"
# What pymarian 1.12 fetches that reads source, translation and reference, and where on the hub it is.
KNOWN = (COMET_MODEL, "wmt21-comet-da", "wmt20-comet-da")
HUB_WEIGHTS = ("unbabel/{}-marian", "checkpoints/marian.model.bin")
HUB_VOCABULARY = ("microsoft/infoxlm-large", "sentencepiece.bpe.model")
CACHE_VARIABLE = "MARIAN_CACHE"
# On the CPU Marian lets padding into a segment's score, so that each is a batch of its own. Its working
# memory, in MB for a thread, grows where a segment needs more.
_BATCH, _MEMORY = 1, 512
_SCORES, _DECIMALS = "scores", 6
# Figures of a digest in a signature.
_DIGITS = 16


class Comet:
    """The neural metric COMET, with the weights of a folder or those that pymarian fetched by a name."""

    name = NEURAL

    def __init__(self, weights: str = COMET_MODEL) -> None:
        """Raise SettingError where pymarian is not installed, or weights or vocabulary are not there."""
        try:
            maker = f"{PACKAGE}-{version(PACKAGE)}"
        except PackageNotFoundError as error:
            raise SettingError(
                f"{NEURAL} needs {PACKAGE}, which is not installed", "pip install 'targem[comet]'"
            ) from error
        self._weights, self._vocabulary = find_weights(weights)
        digest = hashlib.sha256()
        for path in (self._weights, self._vocabulary):
            with path.open("rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
        self._shown = Path(weights).resolve().name
        self.signature = f"comet:{self._shown}|model:{digest.hexdigest()[:_DIGITS]}|by:{maker}"

    def score(
        self, sources: Sequence[str], hypotheses: Sequence[str], references: Sequence[str]
    ) -> list[float]:
        """Return a number for every segment; raises SettingError where pymarian gives fewer."""
        rows = zip(sources, hypotheses, references, strict=True)
        # An empty field at the end of what Marian is given would be no field at all.
        lines = "".join("\t".join(" ".join(text.split()) or " " for text in row) + "\n" for row in rows)
        with tempfile.TemporaryDirectory() as folder:
            self._evaluate(lines, Path(folder))
            written = map(float, (Path(folder) / _SCORES).read_text("ascii").split())
            found = [score for score in written if isfinite(score)]
        if len(found) != len(sources):
            raise SettingError(
                f"{PACKAGE} gave {len(found)} numbers for {len(sources)} segments",
                f"see whether the weights of '{self._shown}' are whole",
            )
        return found

    def _evaluate(self, lines: str, folder: Path) -> None:
        # Marian takes no path with a space, and knows both files by their endings.
        weights, vocabulary = f"model{self._weights.suffix}", "vocab.spm"
        (folder / weights).symlink_to(self._weights.resolve())
        (folder / vocabulary).symlink_to(self._vocabulary.resolve())
        # Marian says why it ends only with --debug.
        command = [sys.executable, "-X", "utf8", "-m", f"{PACKAGE}.eval", "--debug", "--stdin", "-o", _SCORES]
        command += ["-m", weights, "-v", vocabulary, "-l", "comet", "-w", str(_DECIMALS)]
        command += ["-c", str(cores()), "--mini-batch", str(_BATCH), "--workspace", str(_MEMORY)]
        done = subprocess.run(  # noqa: S603 this interpreter, with options from here
            command,
            input=lines,
            cwd=folder,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
        if done.returncode:
            why = _reason(done.stderr) or f"status {done.returncode}"
            raise SettingError(
                f"{PACKAGE} failed with '{self._shown}' ({why})",
                "give --comet-model a folder with Marian's weights of COMET and their vocabulary",
            )


def find_weights(name: str) -> tuple[Path, Path]:
    """Return the files of weights and vocabulary in a folder, or those that pymarian has fetched by a name.

    Nothing is fetched here. Raises SettingError where they are not there.
    """
    folder = Path(name)
    if folder.is_dir():
        return _only(folder, "*.bin", "*.npz"), _only(folder, "*.spm", "*.bpe.model")
    if name not in KNOWN:
        raise SettingError(
            f"there are no weights '{name}' for {NEURAL}", f"give a folder, or one of {', '.join(KNOWN)}"
        )
    from huggingface_hub import try_to_load_from_cache

    chosen = os.environ.get(CACHE_VARIABLE, "").strip()
    cache = Path(chosen) if chosen else Path.home() / ".cache" / "marian" / "metric"
    wanted = [(repository.format(name), file) for repository, file in (HUB_WEIGHTS, HUB_VOCABULARY)]
    weights, vocabulary = (try_to_load_from_cache(*place, cache_dir=cache) for place in wanted)
    if not (isinstance(weights, str) and isinstance(vocabulary, str)):
        raise SettingError(
            f"the weights of {NEURAL} '{name}' are not in {cache}",
            f"fetch them where there is network (pymarian-eval -m {name} --stdin -c 1 --print-cmd), "
            "or give --comet-model FOLDER",
        )
    return Path(weights), Path(vocabulary)


def _only(folder: Path, *patterns: str) -> Path:
    found = [path for pattern in patterns for path in sorted(folder.glob(pattern))]
    if len(found) != 1:
        raise SettingError(
            f"'{folder}' has {len(found)} files {' or '.join(patterns)}",
            "give a folder with Marian's weights of COMET and their vocabulary, one of each",
        )
    return found[0]


def _reason(errors: str) -> str:
    """Return the first error that Marian or Python named, if any; a list of calls may follow it."""
    return next((line.partition("Error: ")[2] for line in errors.splitlines() if "Error: " in line), "")
