"""The history of a pair in words."""

from collections.abc import Sequence

from aligned.records import Change, ChangeKind

_DEEDS = {
    ChangeKind.SPLIT: "made two pairs of it",
    ChangeKind.MERGE: "joined it with the next",
    ChangeKind.MOVE: "moved a part to its neighbour",
    ChangeKind.SOURCE: "had it translated again",
}


def machine_text(changes: Sequence[Change]) -> str | None:
    """Return the target before anybody touched it, None where nobody has."""
    return next((change.target_before for change in changes if change.kind == ChangeKind.VERDICT), None)


def told(changes: Sequence[Change]) -> list[dict[str, str]]:
    """Return a history in words, the newest first; edits that follow each other by one person are one."""
    entries: list[dict[str, str]] = []
    for change in changes:
        entry = {"at": change.at, "who": change.who, "what": _what(change), "text": ""}
        if change.kind == ChangeKind.COMMENT:
            entry["text"] = change.comment
        elif change.target_after != change.target_before:
            entry["text"] = change.target_after
        last = entries[-1] if entries else None
        if last and entry["what"] == last["what"] == "edited" and entry["who"] == last["who"]:
            entries.pop()
        entries.append(entry)
    return entries[::-1]


def _what(change: Change) -> str:
    if change.undoes is not None:
        return "took a change back"
    if change.kind == ChangeKind.COMMENT:
        return "says"
    return _DEEDS.get(change.kind) or change.status_after.value
