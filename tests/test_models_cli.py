"""`targem models` as users run it, with the model that ships and a hub's cache, and no network."""

import json
import shutil
from pathlib import Path

import pytest

from mt.engines.folder import find_model
from mt.errors import ModelError
from mt.registry.facts import facts_of
from mt.registry.home import HOME_VARIABLE, PACKAGED
from mt.registry.hub import cached
from mt.registry.names import describe, installed, locate
from mt.registry.register import pull
from mt.registry.verify import verify
from tests.conftest import Run
from tests.test_registry import FILES, silence

NAME = "someone/opus-he-en"
SHIPPED = PACKAGED / "he-en"
FIRST, SECOND = "1" * 40, "2" * 40


@pytest.fixture(autouse=True)
def offline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty hub cache, for this process and those it starts; no network can be reached."""
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "home"))
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    return tmp_path / "hub"


def fill(hub: Path, revision: str, files: dict[str, bytes], name: str = NAME) -> Path:
    """Lay files out as the hub's cache has them: blobs, links to them per revision, and where main points."""
    home = hub / f"models--{name.replace('/', '--')}"
    snapshot = home / "snapshots" / revision
    for folder in (home / "blobs", home / "refs", snapshot):
        folder.mkdir(parents=True, exist_ok=True)
    for file, content in files.items():
        blob = home / "blobs" / f"{revision[:4]}-{file}"
        blob.write_bytes(content)
        (snapshot / file).symlink_to(Path("../../blobs") / blob.name)
    (home / "refs/main").write_text(revision)
    return snapshot


def real_files() -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in SHIPPED.iterdir() if path.name != "manifest.json"}


def test_a_pulled_model_is_listed_verified_chosen_and_used(offline: Path, run: Run) -> None:
    snapshot = fill(offline, FIRST, real_files())
    done = run("models", "pull", NAME)
    assert done.returncode == 0, done.stderr
    assert done.stdout.decode().startswith(f"{NAME}: he-en, ")
    (row,) = [row for row in json.loads(run("models", "list", "--json").stdout) if row["name"] == NAME]
    assert (row["where"], row["revision"], row["recorded"]) == ("hub", FIRST, True)
    assert row["digest"] == find_model("he-en").digest
    assert b"canary" in run("models", "verify", NAME).stdout
    assert run("models", "default", NAME).stdout.decode() == f"he-en\t{NAME}\n"
    assert find_model().path == snapshot
    done = run("translate", "--lines", stdin="שלום.\n".encode())
    assert done.stdout.count(b"\n") == 1
    assert done.stdout.strip()


def test_a_pulled_model_stays_at_its_revision(offline: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    silence(monkeypatch)
    first = fill(offline, FIRST, FILES)
    assert pull(NAME).revision == FIRST
    second = fill(offline, SECOND, FILES | {"vocab.json": b'{"new": 0}'})
    assert find_model(NAME).path == first
    assert pull(NAME).revision == SECOND
    assert find_model(NAME).path == second
    shutil.rmtree(second)
    with pytest.raises(ModelError, match="not on this computer and the hub cannot be reached"):
        find_model(NAME)


def test_a_blob_that_rots_is_named(offline: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    silence(monkeypatch)
    snapshot = fill(offline, FIRST, FILES)
    pull(NAME)
    assert verify(locate(NAME)).faults == ()
    (snapshot / "source.spm").resolve().write_bytes(b"Source pieces")
    assert verify(locate(NAME)).faults == ("source.spm has changed: its digest is not the recorded one",)


def test_old_weights_do_where_there_are_no_others(offline: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    silence(monkeypatch)
    files = {name: content for name, content in FILES.items() if name != "model.safetensors"}
    fill(offline, FIRST, files | {"pytorch_model.bin": b"pickle"})
    assert [file.name for file in pull(NAME).files][-1] == "pytorch_model.bin"


REFUSED = [
    ({"config.json": b'{"model_type": "llama"}'}, "holds a llama model"),
    ({"config.json": b"<html>"}, "is not JSON"),
    ({"README.md": b"nothing here"}, r"has no config\.json"),
    ({name: FILES[name] for name in ("config.json", "vocab.json")}, r"lacks source\.spm"),
]


@pytest.mark.parametrize(("files", "message"), REFUSED)
def test_what_is_no_marian_model_is_not_pulled(files: dict[str, bytes], message: str, offline: Path) -> None:
    fill(offline, FIRST, files)
    with pytest.raises(ModelError, match=message):
        pull(NAME)
    assert not (offline.parent / "home").exists()


def test_the_hubs_cache_is_listed_where_it_holds_marian_models(offline: Path) -> None:
    fill(offline, FIRST, FILES)
    fill(offline, FIRST, REFUSED[0][0], "someone/chat")
    fill(offline, FIRST, {}, "someone/broken-off")
    (offline / "models--someone--empty").mkdir()
    assert list(cached()) == [(NAME, FIRST)]
    (found,) = [model for model in installed() if model.name == NAME]
    assert (found.revision, found.files, found.pair) == (FIRST, (), "he-en")
    assert describe(locate(NAME, fetching=False)) == found
    assert "has no manifest" in verify(locate(NAME)).faults[0]


def test_the_table_has_a_star_at_the_default(run: Run) -> None:
    lines = run("models", "list").stdout.decode().splitlines()
    assert lines[0].split() == ["NAME", "VERSION", "PAIR", "DIGEST", "SIZE", "PARENT", "WHERE"]
    assert lines[1].split()[:5] == ["*", "he-en", "0", "he-en", find_model().digest[:12]]
    assert len(lines) == 2


def test_import_verify_default_and_translate(tmp_path: Path, run: Run) -> None:
    done = run("models", "import", SHIPPED, "--name", "policy")
    assert done.returncode == 0, done.stderr
    assert run("models", "default", "policy").stdout == b"he-en\tpolicy@1\n"
    assert run("models", "default").stdout == b"he-en\tpolicy@1\n"
    done = run("models", "verify")
    assert done.returncode == 0
    assert [line.split(b":")[:2] for line in done.stdout.splitlines()] == [
        [b"he-en@0", b" ok"],
        [b"policy@1", b" ok"],
    ]
    weights = tmp_path / "home/models/policy/1/model.safetensors"
    with weights.open("r+b") as file:
        file.seek(-1, 2)
        file.write(b"\x01")
    done = run("models", "verify")
    assert done.returncode == 1
    assert b"policy@1: FAILED: model.safetensors has changed" in done.stdout
    assert json.loads(run("models", "verify", "policy", "--json").stdout) == [
        {
            "name": "policy@1",
            "faults": ["model.safetensors has changed: its digest is not the recorded one"],
            "canary": False,
        }
    ]


def test_info_tells_sizes_parent_scores_and_card(tmp_path: Path, run: Run) -> None:
    folder = shutil.copytree(SHIPPED, tmp_path / "made")
    (folder / "README.md").write_text(
        "---\nlicense: apache-2.0\nlanguage: [he, en]\n---\n# A title\n\nSmall and\nquick.\n\nMore.\n",
        "utf-8",
    )
    parent = find_model().digest
    done = run("models", "record", folder, "--parent", parent, "--data", "d" * 64, "--score", "chrF=41.5")
    assert done.returncode == 0, done.stderr
    assert run("models", "import", folder, "--name", "policy").returncode == 0
    row = json.loads(run("models", "info", "policy", "--json").stdout)
    assert row["sizes"]["width"] == json.loads((SHIPPED / "config.json").read_text())["d_model"]
    assert (row["parent"], row["data"], row["scores"]) == (parent, "d" * 64, {"chrF": 41.5})
    assert row["card"] == {"license": "apache-2.0", "language": "he, en"}
    assert row["summary"] == "Small and quick."
    text = run("models", "info", "policy").stdout.decode()
    assert f"{parent} (he-en@0)" in text
    assert "chrF 41.5" in text


def test_parameters_are_counted_without_loading() -> None:
    facts = facts_of(SHIPPED)
    assert facts.parameters
    assert facts.parameters * 2 == pytest.approx((SHIPPED / "model.safetensors").stat().st_size, rel=0.01)
    assert facts.precision == "F16"


CARDS = ["---\n: [\n---\ntext", "---\n- a\n---\n", "", "\N{HEBREW LETTER ALEF}", "# Only\n\n# Headings\n"]


@pytest.mark.parametrize("card", CARDS)
def test_a_faulty_card_hides_nothing_else(card: str, tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text(card, "utf-8")
    (tmp_path / "config.json").write_text('{"d_model": 16}')
    (tmp_path / "model.safetensors").write_bytes(b"\xff" * 20)
    facts = facts_of(tmp_path)
    assert facts.sizes == {"width": 16}
    assert facts.parameters is None


WRONG = [
    (("verify", "nope"), 1, "no model 'nope': give a folder, a hub name (owner/name), or one of: he-en@0"),
    (("info", "nope"), 1, "no model 'nope'"),
    (("default", "nope"), 1, "no model 'nope'"),
    (
        ("verify", "no/such"),
        1,
        "hub model 'no/such' is not on this computer: fetch it: targem models pull no/s",
    ),
    (("default", "no/such"), 1, "hub model 'no/such' is not on this computer"),
    (("pull", "he-en"), 1, "'he-en' is not a hub name"),
    (("pull", "no/such"), 1, "model 'no/such' is not on this computer and the hub cannot be reached"),
    (("import", "nowhere", "--name", "x"), 1, "'nowhere' is not a folder"),
    (("import", str(SHIPPED), "--name", "No"), 1, "'No' cannot name a model"),
    (("default", "--pair", "he-en"), 2, "--pair goes with a model"),
    (("record", str(SHIPPED), "--score", "chrF"), 2, "'chrF' is no score"),
    (("import", str(SHIPPED)), 2, "Missing option '--name'"),
]


@pytest.mark.parametrize(("arguments", "status", "message"), WRONG)
def test_errors_are_one_line(arguments: tuple[str, ...], status: int, message: str, run: Run) -> None:
    done = run("models", *arguments)
    assert done.returncode == status
    assert done.stdout == b""
    assert done.stderr.decode().startswith(f"targem: {message}")
    assert done.stderr.count(b"\n") == 1


@pytest.mark.parametrize("command", ["list", "info", "default"])
def test_looking_at_models_loads_no_engine(command: str, tmp_path: Path, run: Run) -> None:
    """Stand in the way of every engine: a command that imported one would fail."""
    for engine in ("torch", "transformers", "ctranslate2", "numpy", "sentencepiece"):
        (tmp_path / f"{engine}.py").write_text("raise SystemExit('imported')")
    root = Path(__file__).resolve().parent.parent
    done = run("models", command, PYTHONPATH=f"{tmp_path}:{root}")
    assert done.returncode == 0, done.stderr
    assert done.stdout
