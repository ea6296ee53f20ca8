"""The tokenizer of a run: four files in a folder, made from the corpora or taken from a parent model."""

import json
import shutil
import tempfile
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cached_property
from io import BytesIO
from itertools import chain
from pathlib import Path

import sentencepiece

from mt.engines.pieces import END, ENGLISH_CODE, TERM_MARKS, UNKNOWN
from mt.errors import TrainingError
from mt.train.normal import rules

PAD = "<pad>"
FILES = ("source.spm", "target.spm", "vocab.json", "tokenizer_config.json")
_CONFIG = {
    "tokenizer_class": "MarianTokenizer",
    "source_lang": "he",
    "target_lang": "en",
    "model_max_length": 512,
    "separate_vocabs": False,
    "eos_token": END,
    "unk_token": UNKNOWN,
    "pad_token": PAD,
}
# Fixed, since the sums of floats in it depend on how many threads share them.
_THREADS = 4
_LONGEST_LINE = 4000  # bytes
# Protocol buffers, encoding: tag = field number << 3 | wire type; type 2 is a length and as many bytes.
# sentencepiece_model.proto: ModelProto.pieces = 1, ModelProto.normalizer_spec = 3,
# NormalizerSpec.normalization_rule_tsv = 6.
_PIECE, _NORMALIZER, _RULES_PATH = 1 << 3 | 2, 3 << 3 | 2, 6 << 3 | 2


class Tokenizer:
    """Text to piece numbers and back, as the model in the same folder has them: `numbers` of its pieces."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._source = sentencepiece.SentencePieceProcessor(model_file=str(folder / FILES[0]))
        self._target = sentencepiece.SentencePieceProcessor(model_file=str(folder / FILES[1]))
        self.numbers: dict[str, int] = json.loads((folder / FILES[2]).read_text("utf-8"))
        self.size = len(self.numbers)
        self.pad, self.end, self.unknown = (self.numbers[mark] for mark in (PAD, END, UNKNOWN))

    def encode_sources(self, texts: Sequence[str]) -> list[list[int]]:
        """Return each source's piece numbers, end mark included."""
        code = [self.numbers[ENGLISH_CODE]] if ENGLISH_CODE in self.numbers else []
        return [code + row for row in self._encode(self._source, texts)]

    def encode_targets(self, texts: Sequence[str]) -> list[list[int]]:
        """Return each target's piece numbers, end mark included."""
        return self._encode(self._target, texts)

    def decode(self, numbers: Iterable[int]) -> str:
        """Join target pieces to text, up to the end mark and without padding."""
        names = []
        for number in numbers:
            if number == self.end:
                break
            if number != self.pad:
                names.append(self._names[number])
        return "".join(names).replace("▁", " ").strip()

    @cached_property
    def _names(self) -> dict[int, str]:
        return {number: name for name, number in self.numbers.items()}

    def _encode(self, model: sentencepiece.SentencePieceProcessor, texts: Sequence[str]) -> list[list[int]]:
        get, unknown = self.numbers.get, self.unknown
        rows = model.encode(list(texts), out_type=str)
        return [[*(get(piece, unknown) for piece in row), self.end] for row in rows]


def train_tokenizer(texts: Iterable[str], size: int, coverage: float = 0.9998) -> bytes:
    """Return a SentencePiece model of exactly `size` pieces; the same texts give the same bytes.

    A unigram model (Kudo 2018) that cuts numbers into digits and carries `normal_form` with it.
    Raises TrainingError when the texts do not allow so many pieces.
    """
    lines = iter(texts)
    first = next(lines, None)
    if first is None:
        raise TrainingError("no text for the tokenizer", "give corpora that are not empty")
    model = BytesIO()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rules.tsv"
        path.write_text(rules(), "ascii")
        try:
            sentencepiece.SentencePieceTrainer.train(
                sentence_iterator=chain([first], lines), model_writer=model, vocab_size=size,
                model_type="unigram", character_coverage=coverage, split_digits=True,
                normalization_rule_tsv=str(path), user_defined_symbols=list(TERM_MARKS),
                eos_id=0, unk_id=1, bos_id=-1, pad_id=-1,
                num_threads=_THREADS, max_sentence_length=_LONGEST_LINE, minloglevel=2,
            )  # fmt: skip
        except RuntimeError as error:
            reason = str(error).rpartition("] ")[2].strip()
            raise TrainingError(
                f"no tokenizer of {size} pieces ({reason})", "change tokenizer.size"
            ) from None
    return _without_path(model.getvalue())


def write_tokenizer(model: bytes, folder: Path) -> Tokenizer:
    """Write the files of a joint tokenizer, padding as the last number, and return it."""
    processor = sentencepiece.SentencePieceProcessor(model_proto=model)
    numbers = {processor.id_to_piece(i): i for i in range(processor.get_piece_size())}
    numbers[PAD] = len(numbers)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / FILES[0]).write_bytes(model)
    (folder / FILES[1]).write_bytes(model)
    (folder / FILES[2]).write_text(json.dumps(numbers, ensure_ascii=False), "utf-8")
    (folder / FILES[3]).write_text(json.dumps(_CONFIG), "utf-8")
    return Tokenizer(folder)


def copy_tokenizer(source: Path, folder: Path) -> Tokenizer:
    """Copy the tokenizer out of a model folder and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        if (source / name).is_file():
            shutil.copyfile(source / name, folder / name)
    return Tokenizer(folder)


def with_pieces(model: bytes, kept: Collection[int]) -> bytes:
    """Return a SentencePiece model that has these of its pieces alone, by their numbers."""
    result, number = bytearray(), 0
    for tag, payload in _fields(model):
        if tag != _PIECE or number in kept:
            result += _field(tag, payload)
        number += tag == _PIECE
    return bytes(result)


def _without_path(model: bytes) -> bytes:
    """Return the model without the name of the temporary file that its rules came from."""
    result = bytearray()
    for tag, payload in _fields(model):
        if tag == _NORMALIZER and isinstance(payload, bytes):
            kept = ((t, p) for t, p in _fields(payload) if t != _RULES_PATH)
            payload = b"".join(map(_field, *zip(*kept, strict=True)))
        result += _field(tag, payload)
    return bytes(result)


def _fields(message: bytes) -> Iterator[tuple[int, bytes | int]]:
    """Yield the fields of a protocol buffer: tag, and bytes (type 2) or number (type 0)."""
    at = 0
    while at < len(message):
        tag, at = _varint(message, at)
        value, at = _varint(message, at)
        if tag & 7 == 2:
            yield tag, message[at : at + value]
            at += value
        else:
            yield tag, value


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = message[at]
        at += 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value, at


def _field(tag: int, value: bytes | int) -> bytes:
    if isinstance(value, int):
        return _number(tag) + _number(value)
    return _number(tag) + _number(len(value)) + value


def _number(value: int) -> bytes:
    result = bytearray()
    while value > 127:
        result.append(value & 127 | 128)
        value >>= 7
    result.append(value)
    return bytes(result)
