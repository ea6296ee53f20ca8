"""The tables of a report as rows of text, and as Markdown for a pull request."""

from collections.abc import Sequence

from mt.scoring.errors import differences
from mt.scoring.files import hebrew_lines
from mt.scoring.lines import Line
from mt.scoring.report import Report
from mt.scoring.unaligned import Matching

Table = tuple[list[str], list[list[str]]]
# Errors listed of each kind, and segments won and lost.
LISTED, SWINGS = 8, 5
# Segments shown as the worst ones.
WORST = 5
_ERRORS = (
    ("missing_numbers", "number missing"),
    ("wrong_numbers", "number wrong"),
    ("missing_names", "name missing"),
    ("wrong_names", "name wrong"),
)


def metric_table(report: Report) -> Table:
    """Return the heads and rows of the metrics, with the baselines' where there are some."""
    head = ["metric", "score", "95% interval"]
    for compared in report.baselines:
        head += [compared.name, "p (bootstrap)", "p (randomisation)"]
    rows = []
    for one in report.scores:
        interval = "" if one.mean is None or one.half is None else f"{one.mean:.2f} ± {one.half:.2f}"
        row = [one.name, f"{one.score:.2f}", interval]
        for compared in report.baselines:
            other = next(found for found in compared.differences if found.name == one.name)
            row += [f"{other.baseline:.2f}", f"{other.bootstrap:.4f}", f"{other.randomisation:.4f}"]
        rows.append(row)
    return head, rows


def bucket_table(report: Report) -> Table:
    """Return the heads and rows of the kinds of segments."""
    head = ["segments", "how many", "chrF2", *(compared.name for compared in report.baselines[:1])]
    rows = [
        [bucket.name, str(bucket.segments), f"{bucket.chrf:.2f}"]
        + ([] if bucket.baseline is None else [f"{bucket.baseline:.2f}"])
        for bucket in report.buckets
    ]
    return head, rows


def error_table(report: Report) -> Table:
    """Return the heads and rows of what segments lack or say wrongly, the most frequent first."""
    rows = []
    for field, kind in _ERRORS:
        places: dict[str, list[int]] = {}
        for line in report.lines:
            for what in getattr(line.faults, field):
                places.setdefault(what, []).append(line.number)
        most = sorted(places.items(), key=lambda item: -len(item[1]))[:LISTED]
        rows += [[kind, what, str(len(found)), str(found[0])] for what, found in most]
    return ["error", "what", "times", "first in line"], rows


def swing_table(report: Report) -> Table:
    """Return the heads and rows of the segments won and lost by most against the first baseline."""
    head = ["line", "chrF2", "gain", "translation", "baseline"]
    found = sorted((line for line in report.lines if line.gain), key=lambda line: -(line.gain or 0))
    lost = [line for line in found if (line.gain or 0) < 0][-SWINGS:]
    won = [line for line in found if (line.gain or 0) > 0][:SWINGS]
    return head, [
        [str(line.number), f"{line.chrf:.1f}", f"{line.gain:+.1f}", line.hypothesis, line.baselines[0][0]]
        for line in (*won, *lost)
    ]


def worst(report: Report) -> list[Line]:
    """Return the segments that are worst by chrF2."""
    return sorted(report.lines, key=lambda line: line.chrf)[:WORST]


def _worst_table(report: Report) -> Table:
    rows = [
        [str(line.number), f"{line.chrf:.1f}", line.source.text, line.reference, _marked(line)]
        for line in worst(report)
    ]
    return ["line", "chrF2", "source", "reference", "translation"], rows


def _marked(line: Line) -> str:
    """Return a translation in Markdown: what the reference has in its place struck out, its own in bold."""
    given, said = line.reference.split(), line.hypothesis.split()
    out = []
    for kind, a, b, c, d in differences(given, said):
        ours = " ".join(said[c:d])
        out += (
            [ours]
            if kind == "equal"
            else [f"~~{' '.join(given[a:b])}~~"] * (b > a) + [f"**{ours}**"] * (d > c)
        )
    return " ".join(out)


def notes(report: Report) -> list[str]:
    """Return what a report says in sentences."""
    said = [f"{len(report.lines)} segments, references: {report.references}."]
    if report.matching:
        said += _matched(report.matching)
    said += [
        f"Against {compared.name} won {compared.won}, lost {compared.lost}, drawn {compared.drawn} "
        "segments by chrF2."
        for compared in report.baselines
    ]
    if report.terms:
        said.append(
            f"{report.terms.kept} of {report.terms.owed} terms in place, of recurring ones "
            f"{report.terms.consistent} of {report.terms.recurring} rendered alike."
        )
    if report.hebrew:
        said.append(f"Hebrew was left in {lines_named(report.hebrew)}.")
    return said


def lines_named(numbers: Sequence[int]) -> str:
    """Return numbers of lines in words, the first few of many."""
    listed, more = ", ".join(map(str, numbers[:LISTED])), len(numbers) - LISTED
    return f"line{'s' if len(numbers) > 1 else ''} {listed}{f' and {more} more' if more > 0 else ''}"


def _matched(found: Matching) -> list[str]:
    said = [
        f"Matched with a confidence of {found.confidence:.2f}: {found.hypothesis_share:.1%} of the "
        f"translation's words and {found.reference_share:.1%} of the references'; left alone: "
        f"{found.hypotheses_left} of {found.hypotheses} sentences of the translation, "
        f"{found.references_left} of {found.references} of the references.",
        f"As one segment BLEU {found.document_bleu:.2f}, chrF2 {found.document_chrf:.2f}.",
    ]
    if hebrew := hebrew_lines(found.left_out):
        said.append(f"Hebrew was left in {len(hebrew)} of the translation's sentences left alone.")
    if found.resegmented_bleu is not None and found.resegmented_chrf is not None:
        said.append(
            f"Cut to fit the reference's sentences BLEU {found.resegmented_bleu:.2f}, "
            f"chrF2 {found.resegmented_chrf:.2f}."
        )
    return said


def signatures(report: Report) -> list[str]:
    """Return the signature of every metric."""
    return [f"{one.name}|{one.signature}" for one in report.scores]


def tables(report: Report) -> list[Table]:
    """Return the tables of figures that have rows."""
    made = (metric_table(report), bucket_table(report), error_table(report))
    return [table for table in made if table[1]]


def markdown(report: Report) -> str:
    """Return the report's tables as Markdown."""
    made = [*tables(report), *([swing_table(report)] if report.baselines else []), _worst_table(report)]
    parts = [" ".join(notes(report)), *map(_markdown_table, made)]
    return "\n\n".join([*parts, ", ".join(f"`{one}`" for one in signatures(report))]) + "\n"


def plain(table: Table) -> list[str]:
    """Return a table's lines with its columns under each other, numbers to the right."""
    head, rows = table
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    return ["  ".join(_padded(row, widths)).rstrip() for row in (head, *rows)]


def _padded(row: Sequence[str], widths: Sequence[int]) -> list[str]:
    return [row[0].ljust(widths[0]), *(cell.rjust(w) for cell, w in zip(row[1:], widths[1:], strict=True))]


def _markdown_table(table: Table) -> str:
    head, rows = table
    rows = [[cell.replace("|", "\\|") for cell in row] for row in rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, ["---"] * len(head), *rows))
