"""The curve of a run as one HTML page that needs nothing else: loss and scores over updates, in SVG."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

_WIDTH, _HEIGHT, _LEFT, _BOTTOM = 760, 260, 48, 28
# Okabe & Ito 2008: told apart by colour-blind eyes too.
_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
_GRID = 5
Series = Mapping[str, Sequence[tuple[float, float]]]


def draw_curve(name: str, records: Sequence[Mapping[str, Any]]) -> str:
    """Return a page with two charts: loss, and BLEU and chrF of each development set."""
    loss = {"loss (nats per piece)": [(r["step"], r["loss"]) for r in records if r["kind"] == "progress"]}
    scores: dict[str, list[tuple[float, float]]] = {}
    for record in records:
        for set_name, score in record.get("scores", {}).items():
            for measure, label in (("chrf", "chrF"), ("bleu", "BLEU")):
                scores.setdefault(f"{set_name} {label}", []).append((record["step"], score[measure]))
    title = escape(name)
    charts = "\n".join(_chart(series) for series in (loss, scores) if any(series.values()))
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>Training {title}</title>\n'
        "<style>body{font:14px sans-serif;margin:2em;max-width:50em}svg{width:100%;height:auto}</style>\n"
        f"</head><body><h1>Training {title}</h1>\n{charts}\n</body></html>\n"
    )


def _chart(series: Series) -> str:
    points = [point for line in series.values() for point in line]
    top = max(step for step, _ in points) or 1
    low, high = min(y for _, y in points), max(y for _, y in points)
    low, high = (low, high) if high > low else (low - 0.5, high + 0.5)

    def place(step: float, value: float) -> tuple[float, float]:
        x = _LEFT + (_WIDTH - _LEFT) * step / top
        return round(x, 1), round((_HEIGHT - _BOTTOM) * (1 - (value - low) / (high - low)) + 8, 1)

    parts = [f'<svg viewBox="0 0 {_WIDTH + 16} {_HEIGHT + 24 + 18 * len(series)}" role="img">']
    for i in range(_GRID + 1):
        parts += _grid(place, low + (high - low) * i / _GRID, top * i / _GRID, top)
    for index, (label, line) in enumerate(series.items()):
        colour = _COLOURS[index % len(_COLOURS)]
        path = " ".join(f"{x},{y}" for x, y in (place(*point) for point in line))
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="1.6"/>')
        parts += [f'<circle cx="{x}" cy="{y}" r="2" fill="{colour}"/>' for x, y in (place(*p) for p in line)]
        y = _HEIGHT + 24 + 18 * index
        last = f"{escape(label)}: last {line[-1][1]:.2f}" if line else escape(label)
        parts.append(f'<text x="{_LEFT}" y="{y}" fill="{colour}" font-size="13">{last}</text>')
    return "".join(parts) + "</svg>"


def _grid(place: Any, value: float, step: float, top: float) -> list[str]:
    _, y = place(0, value)
    x, _ = place(step, 0)
    anchor = "end" if step == top else "middle"
    return [
        f'<line x1="{_LEFT}" y1="{y}" x2="{_WIDTH}" y2="{y}" stroke="#ddd"/>',
        f'<text x="{_LEFT - 6}" y="{y + 4}" font-size="11" text-anchor="end">{value:.4g}</text>',
        f'<text x="{x}" y="{_HEIGHT}" font-size="11" text-anchor="{anchor}">{step:.0f}</text>',
    ]
