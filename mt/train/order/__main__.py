"""`python -m mt.train.order CORPORA -o FILE`: train the network that puts runs in order.

CORPORA is a folder of corpora as `targem train` reads them, and of plain Hebrew (`NAME.he.txt.xz`). A list of
words comes from wordfreq (`pip install 'targem[bench]'`). On two cores an hour or more; a file that is there
already is gone on from with `--more`.
"""

import torch

from mt.train.command import arguments, say
from mt.train.order.classes import class_table
from mt.train.order.corpus import read_documents
from mt.train.order.counting import count, known_words
from mt.train.order.export import export_network, read_classes, read_weights
from mt.train.order.loop import Plan, train
from mt.train.order.network import RunOrder

WEIGHTS = {
    "written": 2.5, "prose": 2.5, "mono": 3.0, "docs": 1.5, "tatoeba": 1.5, "wiki_messages": 0.2, "ui": 0.1,
    "grammar": 0.04,
}  # fmt: skip
# Prose that is counted; what words are put into classes by; whose words are known besides.
COUNTED = ("written", "prose", "mono", "docs", "tatoeba")
CLASSED = (*COUNTED, "wiki_messages", "ui")
# Listed words, the most frequent ones, that are put into classes by their relatives.
GUESSED = 200_000
LISTED = ("ui", "wiki_messages", "lexicon", "terms", "names", "phrases")


def main() -> None:
    """Train for some minutes and write the file that ships."""
    given = arguments("mt.train.order", rate=1.5e-3).parse_args()
    if given.threads:
        torch.set_num_threads(given.threads)
    documents = read_documents(given.corpora, list({*WEIGHTS, *CLASSED, *LISTED}))
    words = known_words({name: documents[name] for name in LISTED})
    classes = class_table(
        (" ".join(found) for name in CLASSED for found in documents[name]),
        sorted(words, key=lambda word: -words[word])[:GUESSED],
        read_classes(given.output) if given.more else None,
    )
    counts = count({name: documents[name] for name in COUNTED}, classes, words)
    model = RunOrder()
    if given.more:
        model.load_state_dict(read_weights(given.output))
    plan = Plan(WEIGHTS, minutes=given.minutes, rate=given.rate)
    train(
        documents, counts, plan, model,
        lambda state: export_network(state, counts.whole, classes, given.output),
        say,
    )  # fmt: skip


if __name__ == "__main__":
    main()
