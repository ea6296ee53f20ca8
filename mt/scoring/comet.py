"""COMET (Rei et al. 2020) by its own command, in an environment of its own.

The package unbabel-comet 2.2 wants older releases of numpy, transformers and protobuf than this program, so
that the two cannot stand in one environment; `comet-score` needs only to be on PATH.
"""

import json
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from mt.errors import SettingError
from mt.scoring import COMET_MODEL, NEURAL

COMMAND = "comet-score"


class Comet:
    """The neural metric COMET with the weights of a name or a .ckpt file."""

    name = NEURAL

    def __init__(self, weights: str = COMET_MODEL) -> None:
        """Raise SettingError where the command is not installed."""
        command = shutil.which(COMMAND)
        if command is None:
            raise SettingError(f"{NEURAL} needs the command {COMMAND}", "pipx install unbabel-comet")
        self._command, self._weights = command, weights
        self.signature = f"model:{weights}|by:{COMMAND}"

    def score(
        self, sources: Sequence[str], hypotheses: Sequence[str], references: Sequence[str]
    ) -> list[float]:
        """Return a number for every segment; raises SettingError where the command fails."""
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            for letter, lines in (("s", sources), ("t", hypotheses), ("r", references)):
                text = "".join(f"{' '.join(line.split())}\n" for line in lines)
                (folder / letter).write_text(text, "utf-8")
            options = [part for letter in "str" for part in (f"-{letter}", letter)]
            options += ["--model", self._weights, "--gpus", "0", "--quiet", "--to_json", "out.json"]
            done = subprocess.run(  # noqa: S603 found on PATH by a fixed name
                [self._command, *options], cwd=folder, capture_output=True, text=True, check=False
            )
            if done.returncode:
                said = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
                raise SettingError(
                    f"{COMMAND} failed ({said})", f"fetch {self._weights} first, or give --comet-model"
                )
            found = json.loads((folder / "out.json").read_text("utf-8"))
        return [float(segment[NEURAL]) for segment in found["t"]]
