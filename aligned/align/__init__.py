"""Two lists of sentences in, beads out."""

from aligned.align.beads import Bead, Scorer, align_beads
from aligned.align.second import Judge
from aligned.align.similarity import Similarity, align_sentences

__all__ = ["Bead", "Judge", "Scorer", "Similarity", "align_beads", "align_sentences"]
