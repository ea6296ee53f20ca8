"""The plots of a report as inline SVG: distribution, by length, by position, and against a baseline."""

from collections.abc import Sequence
from html import escape

from mt.scoring.lines import Line
from mt.scoring.report import Report

_BINS = 20
_WIDTH, _HEIGHT = 480, 160
# Beyond so many dots a plot says nothing more and a page becomes slow: then every second, third … is drawn.
_DOTS = 2000


def plots(report: Report) -> str:
    """Return the figures, each with its caption and the ends of its axes."""
    lines = report.lines[:: -(-len(report.lines) // _DOTS) or 1]
    words = [len(line.reference.split()) for line in lines]
    longest = max(words, default=1)
    drawn = [
        _histogram([line.chrf for line in report.lines]),
        _figure(
            "chrF2 by length of the reference",
            _dots(
                [(count / longest, line.chrf / 100, line) for count, line in zip(words, lines, strict=True)]
            ),
            ("0 words", f"{longest} words"),
        ),
        _figure(
            "chrF2 by position in the document",
            _dots([(_place(line, report), line.chrf / 100, line) for line in lines]),
            ("first", "last"),
        ),
    ]
    for at, compared in enumerate(report.baselines):
        both = [(line.baselines[at][1] / 100, line.chrf / 100, line) for line in lines]
        diagonal = f'<line x1="0" y1="{_HEIGHT}" x2="{_WIDTH}" y2="0"/>'
        caption = f"chrF2 (up) against {compared.name} (across): above the line is won"
        drawn.append(_figure(caption, diagonal + _dots(both), ("0", "100")))
        gains = [(_place(line, report), 0.5 + (y - x) / 2, line) for x, y, line in both]
        middle = f'<line x1="0" y1="{_HEIGHT / 2}" x2="{_WIDTH}" y2="{_HEIGHT / 2}"/>'
        caption = f"gain in chrF2 over {compared.name} by position, -100 to 100"
        drawn.append(_figure(caption, middle + _dots(gains), ("first", "last"), ("-100", "100")))
    return f'<div class="plots">{"".join(drawn)}</div>'


def _place(line: Line, report: Report) -> float:
    return (line.number - 0.5) / len(report.lines)


def _histogram(values: Sequence[float]) -> str:
    counts = [0] * _BINS
    for value in values:
        counts[min(int(value / 100 * _BINS), _BINS - 1)] += 1
    high = max(counts) or 1
    step = _WIDTH / _BINS
    bars = "".join(
        f'<rect x="{at * step:.1f}" y="{_HEIGHT - _HEIGHT * count / high:.1f}" width="{step - 1:.1f}" '
        f'height="{_HEIGHT * count / high:.1f}"><title>{at * 5} to {at * 5 + 5}: {count}</title></rect>'
        for at, count in enumerate(counts)
    )
    return _figure("segments by chrF2", bars, ("0", "100"), ("0", str(high)))


def _dots(places: Sequence[tuple[float, float, Line]]) -> str:
    """Return a dot for each segment, a link to its row; places count from 0 to 1, from the left and below."""
    return "".join(
        f'<a href="#line-{line.number}" tabindex="-1"><circle cx="{x * _WIDTH:.1f}" '
        f'cy="{_HEIGHT * (1 - y):.1f}" r="2.5">'
        f"<title>line {line.number}: {line.chrf:.1f}</title></circle></a>"
        for x, y, line in places
    )


def _figure(caption: str, drawing: str, across: tuple[str, str], up: tuple[str, str] = ("0", "100")) -> str:
    (left, right), (low, high) = across, up
    said = escape(caption, quote=True)
    return (
        f'<figure><figcaption>{said}</figcaption><div class="up"><span>{high}</span><span>{low}</span></div>'
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{said}">'
        f'{drawing}</svg><div class="across"><span>{left}</span><span>{right}</span></div></figure>'
    )
