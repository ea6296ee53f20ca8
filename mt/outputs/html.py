"""One self-contained page: Hebrew and English side by side, terms marked, page furniture labelled."""

from collections.abc import Callable, Iterable, Sequence
from html import escape
from importlib.resources import files

from aligned.records import Pair, Segment
from glossary.receipt import Method, Receipt
from mt.documents import Kind
from mt.outputs.layout import Table, TranslatedBlock, TranslatedDocument, flow
from mt.outputs.markers import english_marker, footnote_marker

# A page with no script at all: nothing that a text could smuggle in would run.
POLICY = "default-src 'none'; style-src 'unsafe-inline'"

HEBREW = '<div dir="rtl" lang="he">'
ENGLISH = '<div dir="ltr" lang="en">'

# A span of the text and the receipt that it belongs to.
Span = tuple[int, int, Receipt]


def render_html(translated: TranslatedDocument) -> str:
    """Return the page: one row a block, each sentence with its provenance in its title.

    Light and dark follow the reader's system; on a narrow screen English comes below Hebrew.
    """
    style = files("mt.outputs").joinpath("page.css").read_text(encoding="utf-8")
    body = "\n".join(filter(None, map(_item, flow(translated.blocks))))
    title = escape(translated.title)
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
{style}</style>
</head>
<body>
<header>
<h1>{title}</h1>
<p>{escape(translated.document.name)} · {_legend(translated.pairs)}</p>
</header>
<main>
{body}
</main>
</body>
</html>
"""


def _legend(pairs: Sequence[Pair]) -> str:
    methods = [receipt.method for pair in pairs for receipt in pair.receipts]
    counts = ", ".join(
        f'<mark class="{method}">{methods.count(method)} {method}</mark>'
        for method in Method
        if method in methods
    )
    return f"{len(pairs)} sentences" + (f" · terms: {counts}" if counts else "")


def _item(item: TranslatedBlock | Table) -> str:
    if isinstance(item, Table):
        return _row("table_cell", HEBREW + _table(item, _source), ENGLISH + _table(item, _target))
    if not (item.block.text or item.pairs):
        return ""
    kind = item.block.kind
    mark = footnote_marker if kind == Kind.FOOTNOTE else english_marker
    hebrew = _element(item, item.block.marker, _source(item))
    english = _element(item, mark(item.block.marker), _target(item))
    label = f'<span class="label">{kind.replace("_", " ")}</span>\n' if item.block.is_furniture else ""
    style = f"{kind} furniture" if item.block.is_furniture else kind.value
    return _row(style, HEBREW + hebrew, ENGLISH + english, label, item.block.level)


def _row(style: str, hebrew: str, english: str, label: str = "", level: int = 0) -> str:
    depth = f' style="--depth: {level}"' if style == Kind.LIST_ITEM and level > 1 else ""
    return f'<section class="row {style}"{depth}>\n{label}{hebrew}</div>\n{english}</div>\n</section>'


def _element(item: TranslatedBlock, mark: str, content: str) -> str:
    # The page's own title is the h1.
    is_heading = item.block.kind == Kind.HEADING
    tag = f"h{min(max(item.block.level, 1) + 1, 6)}" if is_heading else "p"
    return f"<{tag}>{escape(mark)}{' ' if mark else ''}{content}</{tag}>"


def _table(table: Table, content: Callable[[TranslatedBlock], str]) -> str:
    rows = (
        "<tr>" + "".join(f"<td>{' '.join(map(content, cell))}</td>" for cell in row) + "</tr>"
        for row in table.rows
    )
    return "\n<table>\n" + "\n".join(rows) + "\n</table>\n"


def _source(item: TranslatedBlock) -> str:
    if not item.pairs:
        return escape(item.block.text)
    return " ".join(_sentence(pair, pair.source, _source_spans(pair)) for pair in item.pairs)


def _target(item: TranslatedBlock) -> str:
    if not item.pairs:
        return escape(item.target)
    return " ".join(
        _sentence(pair, pair.target, _target_spans(pair)) + _findings(pair) for pair in item.pairs
    )


def _sentence(pair: Pair, text: str, spans: Iterable[Span]) -> str:
    about = f'data-pair="{escape(pair.id)}" title="{escape(_provenance(pair))}"'
    return f"<span {about}>{_marked(text, spans)}</span>"


def _findings(pair: Pair) -> str:
    return "".join(f'<span class="finding">{escape(finding)}</span>' for finding in pair.findings)


def place_of(segment: Segment) -> str:
    """Say where in its file a segment stands, as far as that is known."""
    page = f"page {segment.page}" if segment.page else ""
    if not segment.first_line:
        return page
    last = segment.last_line or segment.first_line
    lines = f"line {last}" if last == segment.first_line else f"lines {segment.first_line}–{last}"
    return f"{page}, {lines}" if page else lines


def _provenance(pair: Pair) -> str:
    segment = pair.segment
    place = place_of(segment)
    damaged = f"\nin the file: {segment.damaged}" if segment.damaged else ""
    return f"{place}{', ' if place else ''}score {pair.score:.2f}, {pair.status}{damaged}"


def _source_spans(pair: Pair) -> list[Span]:
    return [(receipt.source_start, receipt.source_end, receipt) for receipt in pair.receipts]


def _target_spans(pair: Pair) -> list[Span]:
    return [
        (receipt.target_start, receipt.target_end, receipt)
        for receipt in pair.receipts
        if receipt.target_start is not None and receipt.target_end is not None
    ]


def _marked(text: str, spans: Iterable[Span]) -> str:
    """Escape a text and mark its terms; of two that overlap, the one that begins first."""
    shown, at = "", 0
    for start, end, receipt in sorted(spans, key=lambda span: span[:2]):
        if at <= start < end <= len(text):
            mark = f'<mark class="{receipt.method}" title="{escape(_explain(receipt))}">'
            shown += f"{escape(text[at:start])}{mark}{escape(text[start:end])}</mark>"
            at = end
    return shown + escape(text[at:])


def _explain(receipt: Receipt) -> str:
    fate = f"{receipt.term} → {receipt.target} · {receipt.method}"
    if receipt.method == Method.FORCED:
        return f"{fate}, price {receipt.price:.2f}"
    return f"{fate}: {receipt.reason}" if receipt.reason else fate
