"""`python -m mt.train.language CORPORA -o FILE`: train the language model behind repair.

CORPORA is a folder of corpora as for `python -m mt.train.order`. The model begins as the first layers of a
translation model's encoder and keeps those of its pieces that Hebrew needs. On a core an hour or more; a file
that is there already is gone on from with `--more`.
"""

import json
from collections import Counter
from pathlib import Path

import numpy as np
import numpy.typing as npt
import sentencepiece
import torch

from mt.engines.settings import DEFAULT_MODEL
from mt.registry.home import PACKAGED
from mt.repair.language import END
from mt.train.command import arguments, say
from mt.train.language.export import export_language, read_language
from mt.train.language.loop import Plan, train
from mt.train.language.network import LanguageNetwork, from_encoder
from mt.train.order.corpus import read_documents
from mt.train.tokenizer import with_pieces

WEIGHTS = {"prose": 1, "written": 2, "mono": 1}
PIECES = 3000


def main() -> None:
    """Train for some minutes and write the file that ships."""
    parser = arguments("mt.train.language", rate=1e-3)
    parser.add_argument("--model", type=Path, default=PACKAGED / DEFAULT_MODEL, help="a Marian model")
    parser.add_argument("--half", action="store_true", help="multiply in bfloat16")
    given = parser.parse_args()
    if given.threads:
        torch.set_num_threads(given.threads)
    documents = read_documents(given.corpora, list(WEIGHTS))
    texts = {name: [" ".join(sentences) for sentences in found] for name, found in documents.items()}
    if given.more:
        network, tokenizer = read_language(given.output)
    else:
        network, tokenizer = begun(given.model, [text for found in texts.values() for text in found])
    pieces = sentencepiece.SentencePieceProcessor(model_proto=tokenizer)
    encoded: dict[str, list[npt.NDArray[np.int16]]] = {
        name: [np.array(row, np.int16) for row in pieces.encode(found)] for name, found in texts.items()
    }
    train(
        encoded,
        Plan(WEIGHTS, minutes=given.minutes, rate=given.rate, half=given.half),
        network,
        lambda: export_language(network, tokenizer, given.output),
        say,
    )


def begun(model: Path, texts: list[str], size: int = PIECES) -> tuple[LanguageNetwork, bytes]:
    """Return a network from a Marian model's encoder, with the pieces that texts have most often."""
    proto = (model / "source.spm").read_bytes()
    pieces = sentencepiece.SentencePieceProcessor(model_proto=proto)
    frequent = Counter(piece for row in pieces.encode(texts) for piece in row).most_common()
    marks = [pieces.piece_to_id(END), pieces.unk_id()]
    kept = sorted(list(dict.fromkeys([*marks, *(piece for piece, _ in frequent)]))[:size])
    numbers = json.loads((model / "vocab.json").read_text("utf-8"))
    network = from_encoder(model, [numbers[pieces.id_to_piece(piece)] for piece in kept])
    return network, with_pieces(proto, set(kept))


if __name__ == "__main__":
    main()
