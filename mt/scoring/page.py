"""The report as one page that needs no network: figures, plots, and a table to sort and filter."""

from collections.abc import Sequence
from difflib import SequenceMatcher
from html import escape
from importlib import resources

from mt.scoring.report import Line, Report
from mt.scoring.tables import bucket_table, metric_table, notes, signatures

_BINS = 20
_WIDTH, _HEIGHT = 480, 120


def page(report: Report, name: str) -> str:
    """Return the page, in UTF-8 HTML."""
    style = resources.files("mt.scoring").joinpath("page.css").read_text("utf-8")
    script = resources.files("mt.scoring").joinpath("page.js").read_text("utf-8")
    parts = [
        "<!doctype html>",
        f'<html lang="en"><head><meta charset="utf-8"><title>Scores of {escape(name)}</title>',
        f'<meta name="viewport" content="width=device-width"><style>{style}</style></head><body>',
        f"<h1>Scores of {escape(name)}</h1>",
        _summary(report),
        _plots(report),
        "<h2>Where it is good and bad</h2>" + _rows(*bucket_table(report)),
        _table(report),
        f"<script>{script}</script></body></html>",
    ]
    return "\n".join(parts) + "\n"


def _summary(report: Report) -> str:
    head, rows = metric_table(report)
    signed = [[*row, one] for row, one in zip(rows, signatures(report), strict=True)]
    return f"<p>{escape(' '.join(notes(report)))}</p>" + _rows([*head, "signature"], signed)


def _rows(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    cells = "".join(f'<th scope="col">{escape(title)}</th>' for title in head)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{cells}</tr></thead><tbody>{body}</tbody></table>"


def _plots(report: Report) -> str:
    counts = [0] * _BINS
    for line in report.lines:
        counts[min(int(line.chrf / 100 * _BINS), _BINS - 1)] += 1
    high = max(counts)
    step = _WIDTH / _BINS
    bars = "".join(
        f'<rect x="{i * step:.1f}" y="{_HEIGHT - _HEIGHT * count / high:.1f}" width="{step - 1:.1f}" '
        f'height="{_HEIGHT * count / high:.1f}"><title>{i * 5} to {i * 5 + 5}: {count}</title></rect>'
        for i, count in enumerate(counts)
    )
    plots = [_figure("segments by chrF2, 0 to 100", bars)]
    plots.append(_figure("chrF2 by position in the file", _dots([line.chrf for line in report.lines])))
    if report.differences:
        gains = [line.chrf - (line.baseline_chrf or 0) for line in report.lines]
        dots = _dots([50 + gain / 2 for gain in gains])
        middle = f'<line x1="0" x2="{_WIDTH}" y1="{_HEIGHT / 2}" y2="{_HEIGHT / 2}"/>'
        plots.append(_figure("gain in chrF2 over the baseline by position", middle + dots))
    return f'<div class="plots">{"".join(plots)}</div>'


def _dots(values: Sequence[float]) -> str:
    step = _WIDTH / max(len(values), 1)
    return "".join(
        f'<circle cx="{(i + 0.5) * step:.1f}" cy="{_HEIGHT * (1 - value / 100):.1f}" r="2"/>'
        for i, value in enumerate(values)
    )


def _figure(caption: str, drawing: str) -> str:
    return (
        f'<figure><svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{caption}">{drawing}</svg>'
        f"<figcaption>{caption}</figcaption></figure>"
    )


def _table(report: Report) -> str:
    head = [
        "line",
        "chrF2",
        *(["baseline"] if report.differences else []),
        "source",
        "reference and translation",
    ]
    titles = "".join(f'<th scope="col"><button type="button">{title}</button></th>' for title in head)
    rows = "".join(_row(line) for line in report.lines)
    return (
        '<h2>Segments</h2><p><label>Show those that hold <input id="filter" type="search"></label> '
        '<label><input id="faulty" type="checkbox"> only with a number or term wrong or missing</label></p>'
        f'<table id="segments"><thead><tr>{titles}</tr></thead><tbody>{rows}</tbody></table>'
    )


def _row(line: Line) -> str:
    faults = [f"missing number {number}" for number in line.missing_numbers]
    faults += [f"wrong number {number}" for number in line.wrong_numbers]
    faults += [f"missing term {term}" for term in line.missing_terms]
    notes = f"<ul>{''.join(f'<li>{escape(fault)}</li>' for fault in faults)}</ul>" if faults else ""
    other = "" if line.baseline_chrf is None else f"<td>{line.baseline_chrf:.1f}</td>"
    return (
        f'<tr id="line-{line.number}"{" class=faulty" if faults else ""}><td>{line.number}</td>'
        f'<td>{line.chrf:.1f}</td>{other}<td dir="rtl" lang="he">{escape(line.source)}</td>'
        f"<td><p>{escape(line.reference)}</p><p>{_difference(line.reference, line.hypothesis)}</p>"
        f"{notes}</td></tr>"
    )


def _difference(reference: str, hypothesis: str) -> str:
    """Return the hypothesis with its own words marked as put in, and the reference's others as left out."""
    given, said = reference.split(), hypothesis.split()
    out = []
    for kind, a, b, c, d in SequenceMatcher(None, given, said, autojunk=False).get_opcodes():
        if kind == "equal":
            out.append(escape(" ".join(said[c:d])))
            continue
        if b > a:
            out.append(f"<del>{escape(' '.join(given[a:b]))}</del>")
        if d > c:
            out.append(f"<ins>{escape(' '.join(said[c:d]))}</ins>")
    return " ".join(out)
