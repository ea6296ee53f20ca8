"""XLIFF: states both ways, files of other tools, an independent reader."""

from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree

from aligned.errors import FormatError
from aligned.formats import read_pairs, write_pairs
from aligned.formats.xliff import render_xliff_1, render_xliff_2
from aligned.records import Status
from tests.hard_pairs import written_and_read
from tests.translated_sample import translated

DATA = Path(__file__).parent / "data"
SAMPLE = translated().pairs


def found(path: Path) -> list[tuple[str, str, str]]:
    return [(pair.source, pair.target, pair.status) for pair in read_pairs(path)]


def test_a_file_of_matecat() -> None:
    assert found(DATA / "exchange_matecat.xlf") == [
        ("המכון פרסם דוח.", "The institute published a report.", "accepted"),
        ("שורה שנייה", "Second line", "unsure"),
    ]
    (first, _) = read_pairs(DATA / "exchange_matecat.xlf")
    assert (first.id, first.name, first.signature) == ("", "brief.docx", "import matecat-converter")


def test_a_file_of_trados_is_cut_where_trados_cuts() -> None:
    assert found(DATA / "exchange_trados.sdlxliff") == [
        ("המחיר עלה.", "The price rose.", "accepted"),
        ("הביקוש ירד.", "Demand fell.", "new"),
        ("עוד.", "", "new"),
    ]


def test_a_file_of_version_2_from_english() -> None:
    assert found(DATA / "exchange_other_2.xliff") == [
        ("המים יקרים.", "Water is dear.", "accepted"),
        ("אכן.", "So it is.", "new"),
    ]


@pytest.mark.parametrize("ending", [".xlf", ".xliff"])
@pytest.mark.parametrize("status", Status)
def test_every_status_comes_back(status: Status, ending: str) -> None:
    pair = replace(SAMPLE[0], status=status)
    assert written_and_read([pair], ending) == [pair]


@pytest.mark.parametrize(
    ("attributes", "status"),
    [
        (('approved="yes"', ""), Status.ACCEPTED),
        (('approved="yes"', 'state="translated"'), Status.ACCEPTED),
        (("", ""), Status.NEW),
        (("", 'state="new"'), Status.NEW),
        (("", 'state="x-own"'), Status.NEW),
        (("", 'state="needs-review-l10n"'), Status.UNSURE),
        (("", 'state="needs-translation"'), Status.REJECTED),
        (("", 'state="signed-off"'), Status.EDITED),
    ],
)
def test_states_of_others_in_1_2(tmp_path: Path, attributes: tuple[str, str], status: Status) -> None:
    unit, target = attributes
    (tmp_path / "x.xlf").write_text(
        '<xliff version="1.2"><file original="f" source-language="he" target-language="en"><body>'
        f'<trans-unit id="1" {unit}><source>א</source><target {target}>a</target></trans-unit>'
        "</body></file></xliff>"
    )
    assert found(tmp_path / "x.xlf") == [("א", "a", status)]


@pytest.mark.parametrize(
    ("attributes", "status"),
    [
        ("", Status.NEW),
        ('state="reviewed"', Status.ACCEPTED),
        ('state="final"', Status.ACCEPTED),
        ('state="translated" subState="targem:unsure"', Status.UNSURE),
        # A tool has set the state and left what we had said of the old one.
        ('state="final" subState="targem:unsure"', Status.ACCEPTED),
    ],
)
def test_states_of_others_in_2_1(tmp_path: Path, attributes: str, status: Status) -> None:
    (tmp_path / "x.xliff").write_text(
        '<xliff version="2.1" srcLang="he" trgLang="en" xmlns="urn:oasis:names:tc:xliff:document:2.0">'
        f'<file id="f"><unit id="1"><segment {attributes}><source>א</source><target>a</target></segment>'
        "</unit></file></xliff>"
    )
    assert found(tmp_path / "x.xliff") == [("א", "a", status)]


def test_a_unit_of_ours_is_known_by_its_number_when_a_tool_drops_the_rest() -> None:
    for render in (render_xliff_1, render_xliff_2):
        root = etree.fromstring("".join(render(SAMPLE[:1])).encode())
        for extra in [*root.iter("{*}context-group"), *root.iter("{*}metadata")]:
            extra.getparent().remove(extra)
        path_content = etree.tostring(root)
        assert SAMPLE[0].id.encode() in path_content
        assert SAMPLE[0].signature.encode() not in path_content


def test_an_independent_reader_finds_the_same(tmp_path: Path) -> None:
    xliff = pytest.importorskip("translate.storage.xliff", reason="needs translate-toolkit")
    path = tmp_path / "pairs.xlf"
    statuses = [Status.NEW, Status.ACCEPTED, *[Status.UNSURE] * (len(SAMPLE) - 2)]
    write_pairs([replace(p, status=s) for p, s in zip(SAMPLE, statuses, strict=True)], path)
    units = [unit for unit in xliff.xlifffile(path.read_bytes()).units if not unit.isheader()]
    assert [(str(unit.source), str(unit.target)) for unit in units] == [(p.source, p.target) for p in SAMPLE]
    assert [unit.isapproved() for unit in units[:3]] == [False, True, False]


def test_an_independent_reader_of_version_2_finds_the_same_and_its_changes_come_back(tmp_path: Path) -> None:
    xliff = pytest.importorskip("translate.storage.xliff2", reason="needs translate-toolkit")
    path = tmp_path / "pairs.xliff"
    statuses = [Status.NEW, Status.ACCEPTED, Status.EDITED, Status.REJECTED, Status.UNSURE]
    given = [replace(pair, status=status) for pair, status in zip(SAMPLE, statuses, strict=False)]
    write_pairs(given, path)
    file = xliff.Xliff2File.parsestring(path.read_bytes())
    assert (file.getsourcelanguage(), file.gettargetlanguage()) == ("he", "en")
    units = [(unit.getid(), str(unit.source), str(unit.target)) for unit in file.units]
    assert units == [(pair.id, pair.source, pair.target) for pair in given]
    assert [unit.isapproved() for unit in file.units] == [False, True, True, False, False]
    assert [unit.isfuzzy() for unit in file.units] == [False, False, False, True, False]
    file.units[0].target = "Said otherwise."
    file.units[0].markapproved()
    path.write_bytes(bytes(file))
    first = replace(given[0], target="Said otherwise.", status=Status.ACCEPTED)
    assert list(read_pairs(path)) == [first, *given[1:]]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('<xliff version="1.2"><file source-language="de" target-language="en"/></xliff>', "from de to en"),
        ('<xliff version="2.1" srcLang="he" trgLang="he"/>', "from he to he"),
        ("<tmx/>", "is no XLIFF"),
    ],
)
def test_what_is_refused(tmp_path: Path, content: str, message: str) -> None:
    (tmp_path / "x.xlf").write_text(content)
    with pytest.raises(FormatError, match=message):
        found(tmp_path / "x.xlf")
