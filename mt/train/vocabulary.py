"""Another vocabulary for a model that has learned: it goes on with the pieces of another tokenizer.

After Mosin et al. 2023 ("Fine-tuning transformers: vocabulary transfer"): a piece that the model has keeps
its embedding, and a new one begins as the mean of the pieces that the model would have written it with.
"""

from collections.abc import Callable
from typing import Any

import sentencepiece
import torch
from tokenizers.models import Unigram

from mt.train.tokenizer import FILES, Tokenizer


@torch.no_grad()
def change_vocabulary(model: Any, old: Tokenizer, new: Tokenizer) -> None:
    """Give a Marian model with one vocabulary for both languages, `old`, the pieces of `new`, in place."""
    weights, parts = model.get_input_embeddings().weight, _parts(old)
    rows = {number: weights[parts(piece)].mean(0) for piece, number in new.numbers.items()}
    model.set_input_embeddings(torch.nn.Embedding(new.size, weights.shape[1], new.pad))
    model.get_input_embeddings().weight.copy_(torch.stack([rows[number] for number in range(new.size)]))
    model.lm_head = torch.nn.Linear(weights.shape[1], new.size, bias=False)
    model.final_logits_bias = model.final_logits_bias.new_zeros(1, new.size)
    model.tie_weights()
    model.config.vocab_size = model.config.decoder_vocab_size = new.size
    for settings in (model.config, model.generation_config):
        settings.pad_token_id = settings.decoder_start_token_id = new.pad
        settings.eos_token_id = settings.forced_eos_token_id = new.end
        settings.bad_words_ids = None


def _parts(tokenizer: Tokenizer) -> Callable[[str], list[int]]:
    """Return what cuts a piece's text into the numbers of a tokenizer's pieces.

    SentencePiece itself would put a blank before every text.
    """
    scores: dict[str, float] = {}
    for name in FILES[:2]:
        model = sentencepiece.SentencePieceProcessor(model_file=str(tokenizer.folder / name))
        scores |= {model.id_to_piece(i): model.get_score(i) for i in range(model.get_piece_size())}
        unknown = model.id_to_piece(model.unk_id())
    unigram = Unigram(list(scores.items()), unk_id=list(scores).index(unknown))
    numbers = tokenizer.numbers

    def parts(piece: str) -> list[int]:
        names = [piece] if piece in numbers else [part.value for part in unigram.tokenize(piece)]
        return [numbers.get(name, tokenizer.unknown) for name in names]

    return parts
