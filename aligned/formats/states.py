"""Statuses as the states of XLIFF and back: what review says here and what other tools say there."""

import re
from typing import Any

from aligned.records import Status

# Status: (approved, state) in XLIFF 1.2. A rejected target must be made again, a doubtful one looked at.
STATES_1 = {
    Status.NEW: ("no", "translated"),
    Status.ACCEPTED: ("yes", "final"),
    Status.EDITED: ("yes", "signed-off"),
    Status.REJECTED: ("no", "needs-translation"),
    Status.UNSURE: ("no", "needs-review-translation"),
}
# Status: state in XLIFF 2.1; which of two statuses it is stands in subState.
STATES_2 = {
    Status.NEW: "translated",
    Status.ACCEPTED: "final",
    Status.EDITED: "reviewed",
    Status.REJECTED: "initial",
    Status.UNSURE: "translated",
}
_PREFIX = "targem:"
# The states of 1.2 that no status of ours writes; those that ask for a person's eye are unsure.
_OTHERS_1 = {
    "new": Status.NEW,
    "needs-adaptation": Status.UNSURE,
    "needs-l10n": Status.UNSURE,
    "needs-review-adaptation": Status.UNSURE,
    "needs-review-l10n": Status.UNSURE,
}
_FOREIGN_2 = {"initial": Status.NEW, "reviewed": Status.ACCEPTED, "final": Status.ACCEPTED}
# What Trados Studio says of a segment in sdl:seg, and in a memory in the property `x-ConfirmationLevel`.
CONFIRMATIONS = {
    "ApprovedTranslation": Status.ACCEPTED,
    "ApprovedSignOff": Status.ACCEPTED,
    "RejectedTranslation": Status.REJECTED,
    "RejectedSignOff": Status.REJECTED,
}


def write_state_1(status: Status) -> tuple[str, str]:
    """Return `approved` and `state` of XLIFF 1.2."""
    return STATES_1[status]


def write_state_2(status: Status) -> tuple[str, str]:
    """Return `state` and `subState` of XLIFF 2.1."""
    return STATES_2[status], _PREFIX + status.value


def status_of_unit(unit: Any, target: Any, number: str | None = None) -> Status:
    """Return the status of a unit of XLIFF 1.2, or of the numbered segment in one of Trados'."""
    if number is not None:
        for segment in unit.iter("{*}seg"):
            if segment.get("id") == number and segment.get("conf"):
                return CONFIRMATIONS.get(segment.get("conf"), Status.NEW)
    state, is_approved = target.get("state", ""), unit.get("approved") == "yes"
    known = _OTHERS_1 | {name: status for status, (_, name) in STATES_1.items()}
    found = known.get(state, Status.NEW)
    return Status.ACCEPTED if is_approved and found not in (Status.EDITED, Status.REJECTED) else found


def status_of_segment(segment: Any) -> Status:
    """Return the status of a segment of XLIFF 2.1; our subState counts while the state agrees with it."""
    state = segment.get("state", "initial")
    ours = re.fullmatch(_PREFIX + "(.+)", segment.get("subState", ""))
    for status, written in STATES_2.items():
        if ours and ours[1] == status.value and written == state:
            return status
    return _FOREIGN_2.get(state, Status.NEW)
