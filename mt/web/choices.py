"""What the review page offers: filters, orders, verbs and their keys."""

from aligned.paging import Order
from mt.termreport import HIGH_PRICE

ORDERS = (
    (Order.DOCUMENT.value, "as in the document"),
    (Order.PRICE.value, "dearest terms first"),
    (Order.CERTAINTY.value, "least certain first"),
    (Order.REFERENCE.value, "furthest from the reference first"),
)
PRICES = ((0.1, "something"), (HIGH_PRICE, f"{HIGH_PRICE:.0f} nats or more"))
# Mean log-probabilities of a token in nats: half and a third.
SCORES = ((-0.7, "low"), (-1.1, "very low"))
# chrF2 against a reference: of a good translation most are above the first.
CHRFS = ((50, "chrF2 up to 50"), (30, "chrF2 up to 30"))
VERBS = (
    ("a", "accept", "Accept"),
    ("e", "edit", "Edit"),
    ("r", "reject", "Reject"),
    ("u", "unsure", "Unsure"),
    ("x", "cut", "Cut"),
    ("m", "merge", "Merge"),
    ("c", "comment", "Comment"),
    ("g", "term", "Add term"),
    ("t", "retranslate", "Translate again"),
    ("z", "undo", "Undo"),
    ("Z", "redo", "Redo"),
    ("?", "help", "Keys"),
)
KEYS = (
    ("j ↓", "the next pair"),
    ("k ↑", "the pair before"),
    ("a", "accept it and go on"),
    ("r", "reject it and go on"),
    ("u", "mark it unsure and go on"),
    ("e Enter", "edit the English; a pause saves, Enter or Esc leaves, Ctrl+Enter accepts"),
    ("E", "edit the Hebrew and translate it again"),
    ("t", "translate again with the terms as they are now"),
    ("1 … 9", "take another translation of the model"),
    ("x", "cut the pair in two, or move a part to its neighbour"),
    ("m", "join it with the next pair"),
    ("c", "say something about it"),
    ("g", "add a term; what is marked goes into the form"),
    ("f", "the next pair with a finding"),
    ("n", "the next pair that nobody has judged"),
    ("z Z", "undo and redo, without end"),
    ("/", "search"),
    ("h", "find and replace"),
    ("?", "these keys"),
)
