"""The tables of a report as rows of text, and as Markdown for a pull request."""

from collections.abc import Sequence

from mt.scoring.report import Report

Table = tuple[list[str], list[list[str]]]


def metric_table(report: Report) -> Table:
    """Return the heads and rows of the metrics, with a baseline's where there is one."""
    differences = {difference.name: difference for difference in report.differences}
    head = ["metric", "score", "95% interval"]
    head += ["baseline", "p (bootstrap)", "p (randomisation)"] if differences else []
    rows = []
    for one in report.scores:
        interval = "" if one.mean is None or one.half is None else f"{one.mean:.2f} ± {one.half:.2f}"
        row = [one.name, f"{one.score:.2f}", interval]
        if one.name in differences:
            other = differences[one.name]
            row += [f"{other.baseline:.2f}", f"{other.bootstrap:.4f}", f"{other.randomisation:.4f}"]
        rows.append(row)
    return head, rows


def bucket_table(report: Report) -> Table:
    """Return the heads and rows of the kinds of segments."""
    head = ["segments", "how many", "chrF2", *(["baseline"] if report.differences else [])]
    rows = [
        [bucket.name, str(bucket.segments), f"{bucket.chrf:.2f}"]
        + ([] if bucket.baseline is None else [f"{bucket.baseline:.2f}"])
        for bucket in report.buckets
    ]
    return head, rows


def notes(report: Report) -> list[str]:
    """Return what a report says in sentences."""
    said = [f"{len(report.lines)} segments, references: {report.references}."]
    if report.matching:
        found = report.matching
        said.append(
            f"Matched with a confidence of {found.confidence:.2f}; left alone: {found.hypotheses_left} of "
            f"{found.hypotheses} sentences of the translation, {found.references_left} of "
            f"{found.references} of the reference. As one segment BLEU {found.document_bleu:.2f}, "
            f"chrF2 {found.document_chrf:.2f}."
        )
    if report.differences:
        said.append("Won {}, lost {}, drawn {} segments by chrF2.".format(*report.wins))
    if report.terms:
        said.append(
            f"{report.terms.kept} of {report.terms.owed} terms in place, of recurring ones "
            f"{report.terms.consistent} of {report.terms.recurring} rendered alike."
        )
    if report.hebrew:
        said.append(f"Hebrew was left in lines {', '.join(map(str, report.hebrew))}.")
    return said


def signatures(report: Report) -> list[str]:
    """Return the signature of every metric."""
    return [f"{one.name}|{one.signature}" for one in report.scores]


def markdown(report: Report) -> str:
    """Return the report's tables as Markdown."""
    parts = [" ".join(notes(report)), *map(_markdown_table, (metric_table(report), bucket_table(report)))]
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
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, ["---"] * len(head), *rows))
