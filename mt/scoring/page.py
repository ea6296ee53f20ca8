"""The report as one page that needs no network: figures, plots, and a table to sort and filter."""

from collections.abc import Sequence
from html import escape
from importlib import resources
from urllib.parse import quote

from mt.repair import INTACT
from mt.scoring.errors import differences
from mt.scoring.lines import Line
from mt.scoring.plots import plots
from mt.scoring.report import Report
from mt.scoring.tables import bucket_table, error_table, metric_table, notes, signatures
from mt.scoring.unaligned import Matching

# Segments that a page can hold without becoming slow: of more, the worst are shown.
MAX_ROWS = 5000
_ALL = "all"


def page(report: Report, name: str, review: str = "") -> str:
    """Return the page, in UTF-8 HTML; `review` is the address of a review page, for links to the pairs."""
    style, script = (
        resources.files("mt.scoring").joinpath(file).read_text("utf-8") for file in ("page.css", "page.js")
    )
    parts = [
        "<!doctype html>",
        f'<html lang="en"><head><meta charset="utf-8"><title>Scores of {escape(name)}</title>',
        f'<meta name="viewport" content="width=device-width"><style>{style}</style></head><body>',
        f"<h1>Scores of {escape(name)}</h1>",
        _summary(report),
        plots(report),
        _kinds_and_errors(report),
        _unmatched(report.matching) if report.matching else "",
        _segments(report, review),
        f"<script>{script}</script></body></html>",
    ]
    return "\n".join(filter(None, parts)) + "\n"


def _summary(report: Report) -> str:
    said = "".join(f"<li>{escape(note)}</li>" for note in notes(report))
    signed = "<br>".join(map(escape, signatures(report)))
    return f'<ul>{said}</ul>{_rows(*metric_table(report))}<p class="signatures">{signed}</p>'


def _kinds_and_errors(report: Report) -> str:
    made = [("Where it is good and bad", bucket_table(report)), ("Numbers and names", error_table(report))]
    parts = "".join(f"<div><h2>{title}</h2>{_rows(*table)}</div>" for title, table in made if table[1])
    return f'<div class="beside">{parts}</div>'


def _rows(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    cells = "".join(f'<th scope="col">{escape(title)}</th>' for title in head)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f'<div class="wide"><table><thead><tr>{cells}</tr></thead><tbody>{body}</tbody></table></div>'


def _unmatched(found: Matching) -> str:
    sides = (
        ("In the translation and not in the references", found.left_out),
        ("In the references and not in the translation", found.added),
    )
    return "".join(
        f"<details><summary>{title}: {len(texts)} sentences</summary><ul>"
        + "".join(f"<li>{escape(text)}</li>" for text in texts)
        + "</ul></details>"
        for title, texts in sides
        if texts
    )


def _segments(report: Report, review: str) -> str:
    shown = report.lines
    if len(shown) > MAX_ROWS:
        shown = tuple(sorted(shown, key=lambda line: line.chrf)[:MAX_ROWS])
    head = ["line", "chrF2", "words", *(["gain"] if report.baselines else []), "source"]
    head.append("reference, translation" + (", baselines" if report.baselines else ""))
    titles = "".join(f'<th scope="col"><button type="button">{title}</button></th>' for title in head)
    kinds = list(dict.fromkeys([_ALL, *(kind for line in shown for kind in _kinds(line))]))
    options = "".join(f"<option>{escape(kind)}</option>" for kind in kinds)
    rows = "".join(_row(line, review) for line in shown)
    some = f" (the {len(shown)} worst of {len(report.lines)})" if len(shown) < len(report.lines) else ""
    return (
        f'<h2>Segments{some}</h2><p class="filters">'
        '<label>That hold <input id="words" type="search"></label> '
        f'<label>Of the kind <select id="kind">{options}</select></label> '
        f'<label>chrF2 up to <input id="most" type="number" min="0" max="100" step="5" value="100"></label> '
        f'<output id="count">{len(shown)} segments</output></p><div class="wide"><table id="segments">'
        f"<thead><tr>{titles}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _kinds(line: Line) -> list[str]:
    """Return what a segment can be filtered by."""
    found, gain = line.faults, line.gain or 0
    kinds = {
        "number wrong or missing": found.missing_numbers or found.wrong_numbers,
        "name wrong or missing": found.missing_names or found.wrong_names,
        "term missing": line.missing_terms,
        "words left out": found.left_out,
        "words added": found.added,
        "rare words": line.rare,
        "source damaged": line.source.damage != INTACT,
        "won": gain > 0,
        "lost": gain < 0,
    }
    return [kind for kind, has in kinds.items() if has]


def _row(line: Line, review: str) -> str:
    number = str(line.number)
    if review and line.source.pair:
        address = f"{review.rstrip('/')}/pairs/{quote(line.source.pair, safe='')}"
        number = f'<a href="{escape(address, quote=True)}">{number}</a>'
    gain = "" if line.gain is None else f"<td>{line.gain:+.1f}</td>"
    said = "".join(f"<li>{escape(fault)}</li>" for fault in line.complaints)
    others = "".join(f'<p class="other">{escape(text)}</p>' for text, _ in line.baselines)
    return (
        f'<tr id="line-{line.number}" data-kinds="{escape("|".join(_kinds(line)), quote=True)}">'
        f"<td>{number}</td><td>{line.chrf:.1f}</td><td>{len(line.reference.split())}</td>{gain}"
        f'<td dir="rtl" lang="he">{escape(line.source.text)}</td><td><p>{escape(line.reference)}</p>'
        f"<p>{_difference(line.reference, line.hypothesis)}</p>{others}"
        f"{f'<ul>{said}</ul>' if said else ''}</td></tr>"
    )


def _difference(reference: str, hypothesis: str) -> str:
    """Return the hypothesis with its own words marked as put in, and the reference's others as left out."""
    given, said = reference.split(), hypothesis.split()
    out = []
    for kind, a, b, c, d in differences(given, said):
        if kind == "equal":
            out.append(escape(" ".join(said[c:d])))
            continue
        if b > a:
            out.append(f"<del>{escape(' '.join(given[a:b]))}</del>")
        if d > c:
            out.append(f"<ins>{escape(' '.join(said[c:d]))}</ins>")
    return " ".join(out)
