"""How a pair is put together, and the key that names its content."""

import hashlib
from json.encoder import encode_basestring_ascii

from aligned.records import DocumentRecord, Origin, Pair, Segment, Status, Translation

# The same text as `json.dumps` makes of a string, in a fifth of its time: an import makes many.
quoted = encode_basestring_ascii

# 16 hexadecimal digits are 64 bits: among a million pairs, a chance of 3 in 100 million that any two meet.
ID_LENGTH = 16


def pair_id(digest: str, reading: str, position: int, translation: Translation) -> str:
    """Return the key of a pair: the same content in the same place of a document has the same key.

    The glossary as a whole is left out: what it forced in this sentence is in the translation's own key,
    so a change elsewhere in the glossary leaves the pair, and the verdict on it, as they are.
    """
    return content_id(digest, reading, position, translation, translation.key)


def content_id(digest: str, reading: str, position: int, made: Translation | Pair, key: str) -> str:
    """Return the same for a pair whose translation has that key."""
    texts = ", ".join(map(quoted, (made.source, made.target, key)))
    content = f"[{quoted(digest)}, {quoted(reading)}, {position}, {texts}]"
    return hashlib.sha256(content.encode()).hexdigest()[:ID_LENGTH]


def make_pair(
    document: DocumentRecord,
    segment: Segment,
    translation: Translation,
    glossary: str,
    origin: Origin = Origin.TRANSLATION,
    status: Status = Status.NEW,
) -> Pair:
    """Join a segment and its translation; equal to what the store gives back for the two."""
    return Pair(
        id=pair_id(document.digest, document.reading, segment.position, translation),
        source=translation.source,
        target=translation.target,
        origin=origin,
        status=status,
        document=document.digest,
        name=document.name,
        segment=segment,
        signature=translation.signature,
        glossary=glossary,
        score=translation.score,
        receipts=translation.receipts,
        findings=translation.findings,
    )
