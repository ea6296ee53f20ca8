"""The registry: names and versions, manifests that notice every change, choices, all or nothing written."""

import errno
import json
import multiprocessing
import os
import resource
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mt.engines.base import Hypothesis, Request
from mt.engines.folder import find_model
from mt.errors import ModelError, SettingError, TargemError
from mt.registry import defaults
from mt.registry.canary import sing
from mt.registry.home import HOME_VARIABLE, PACKAGED, check_name, check_pair, is_name, models_folder
from mt.registry.manifest import Place, RegisteredModel, pair_of, read_manifest, write_manifest
from mt.registry.names import choose, describe, installed, is_default, locate
from mt.registry.register import import_folder, recorded, register
from mt.registry.verify import verify

# A model as far as the registry looks into one while no canary is sung.
FILES = {
    "config.json": b'{"model_type": "marian", "d_model": 16}',
    "source.spm": b"source pieces",
    "target.spm": b"target pieces",
    "vocab.json": b"{}",
    "tokenizer_config.json": b'{"source_lang": "he", "target_lang": "en"}',
    "model.safetensors": b"weights" * 1000,
}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "home"))
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))
    return tmp_path / "home"


@pytest.fixture
def mute(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every model pass: what stands in for one here cannot sing."""
    silence(monkeypatch)


def silence(patch: pytest.MonkeyPatch) -> None:
    for module in ("register", "verify"):
        patch.setattr(f"mt.registry.{module}.sing", lambda folder: None)  # noqa: ARG005 sing's form


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return fake_model(tmp_path / "made")


def fake_model(folder: Path, **files: bytes) -> Path:
    folder.mkdir(parents=True)
    for name, content in (FILES | files).items():
        (folder / name).write_bytes(content)
    return folder


def left_in(home: Path) -> list[str]:
    return sorted(str(path.relative_to(home)) for path in home.rglob("*") if path.is_file())


@pytest.mark.usefixtures("mute")
def test_versions_are_numbered_and_tell_where_they_come_from(folder: Path) -> None:
    first = register(folder, "policy")
    second = register(folder, "policy", first.digest, "d" * 64, {"policy chrF": 48.25})
    assert (first.version, second.version) == (1, 2)
    assert describe(locate("policy")) == second
    assert describe(locate("policy@1")) == first
    assert second.parent == first.digest == find_model(str(folder)).digest
    assert second.scores == {"policy chrF": 48.25}
    assert second.pair == "he-en"
    assert second.size == sum(map(len, FILES.values()))
    assert find_model("policy").path == second.path
    assert {path.name for path in second.path.iterdir()} == {*FILES, "manifest.json"}


@pytest.mark.usefixtures("mute")
def test_only_the_model_and_its_card_are_copied(folder: Path) -> None:
    for name in ("README.md", "optimizer.pt", "pytorch_model.bin"):
        (folder / name).write_bytes(b"x")
    kept = {path.name for path in register(folder, "policy").path.iterdir()}
    assert kept == {*FILES, "README.md", "manifest.json"}


@pytest.mark.usefixtures("mute")
def test_an_import_keeps_what_the_folder_says_of_itself(folder: Path) -> None:
    made = recorded(folder, "made", "p" * 64, "d" * 64, {"chrF": 40.0})
    write_manifest(made, folder / "manifest.json")
    found = import_folder(folder, "policy")
    assert (found.parent, found.data, found.scores) == (made.parent, made.data, made.scores)
    (folder / "vocab.json").write_bytes(b'{"a": 0}')
    with pytest.raises(ModelError, match=r"not the one its manifest\.json tells of"):
        import_folder(folder, "policy")


def test_a_model_that_babbles_is_not_registered(
    folder: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(folder: Path) -> None:
        raise ModelError(f"model '{folder}' fails the canary", "choose another model")

    monkeypatch.setattr("mt.registry.register.sing", refuse)
    with pytest.raises(ModelError, match=f"{folder}.* fails the canary"):
        register(folder, "policy", make_default=True)
    assert not home.exists()


class Babbler:
    """An engine that passed once, and now says nothing."""

    class pieces:  # noqa: N801 stands for an attribute
        @staticmethod
        def source(text: str) -> tuple[tuple[str, ...], list[tuple[int, int]]]:
            return tuple(text), []

        @staticmethod
        def text(pieces: tuple[str, ...]) -> str:
            return "".join(pieces)

    def decode(self, requests: Sequence[Request]) -> list[Hypothesis]:
        return [Hypothesis((), np.zeros((0, 1), np.float32), True, 0.0) for _ in requests]


def test_the_canary_is_sung_again_to_a_model_that_passed(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mt.engines.registry.load_engine", lambda _: Babbler())
    with pytest.raises(ModelError, match=r"fails the canary: 'שלום\.' gives nothing"):
        sing(folder)
    write_manifest(recorded_mutely(folder), folder / "manifest.json")
    report = verify(locate(str(folder)))
    assert report.sung
    assert "gives nothing" in report.faults[0]


def recorded_mutely(folder: Path) -> RegisteredModel:
    with pytest.MonkeyPatch.context() as patch:
        silence(patch)
        return recorded(folder, "made")


def register_once(home: str, folder: str, times: int) -> list[int]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(HOME_VARIABLE, home)
        silence(patch)
        return [register(Path(folder), "policy").version for _ in range(times)]


def test_two_processes_at_once_get_versions_of_their_own(folder: Path, home: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        given = pool.starmap(register_once, [(str(home), str(folder), 10)] * 2)
    assert sorted(version for versions in given for version in versions) == list(range(1, 21))
    assert sorted(path.name for path in (home / "models/policy").iterdir()) == sorted(map(str, range(1, 21)))


@pytest.mark.usefixtures("mute")
def test_a_version_taken_meanwhile_is_passed_over(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    register(folder, "policy")
    monkeypatch.setattr("mt.registry.register.versions", lambda _: [])
    assert register(folder, "policy").reference == "policy@2"


Damage = Callable[[Path], object]
DAMAGES: list[tuple[str, Damage]] = [
    ("model.safetensors has changed", lambda f: (f / "model.safetensors").write_bytes(b"Weights" * 1000)),
    ("model.safetensors has 7 bytes, not 7000", lambda f: (f / "model.safetensors").write_bytes(b"weights")),
    ("vocab.json cannot be read", lambda f: (f / "vocab.json").unlink()),
    ("tokenizer_config.json has", lambda f: (f / "tokenizer_config.json").write_bytes(b"{}")),
    ("README.md is not in the manifest", lambda f: (f / "README.md").write_text("Trust me.")),
    ("has no manifest", lambda f: (f / "manifest.json").unlink()),
    ("is not a manifest", lambda f: (f / "manifest.json").write_bytes(b"{")),
    ("is not a manifest", lambda f: (f / "manifest.json").write_bytes(b"[]")),
    ("is not a manifest", lambda f: (f / "manifest.json").write_bytes(b"\xff")),
    ("is not a manifest", lambda f: shorten(f / "manifest.json")),
    ("is not a manifest", lambda f: replace_in(f / "manifest.json", '"sha256": "', '"sha256": "00')),
]


def shorten(manifest: Path) -> None:
    """Drop a file from a manifest, as somebody would who wants to change it unseen."""
    content = json.loads(manifest.read_text("utf-8"))
    content["files"] = [file for file in content["files"] if file["name"] != "source.spm"]
    manifest.write_text(json.dumps(content), "utf-8")


def replace_in(path: Path, old: str, new: str) -> None:
    path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")


@pytest.mark.usefixtures("mute")
@pytest.mark.parametrize(("fault", "damage"), DAMAGES)
def test_damage_is_named(folder: Path, fault: str, damage: Damage) -> None:
    model = register(folder, "policy")
    assert verify(locate("policy")).faults == ()
    damage(model.path)
    report = verify(locate("policy"))
    assert [fault in line for line in report.faults] == [True]
    assert not report.sung
    assert any(other.reference == "policy@1" for other in installed())


@pytest.mark.usefixtures("mute")
def test_weights_that_would_be_loaded_instead_are_noticed(tmp_path: Path) -> None:
    folder = fake_model(tmp_path / "old")
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    model = register(folder, "policy")
    (model.path / "model.safetensors").write_bytes(b"others")
    assert "model.safetensors is not in the manifest" in verify(locate("policy")).faults


def test_the_shipped_models_are_what_they_were_when_recorded() -> None:
    for path in sorted(PACKAGED.iterdir()):
        report = verify(locate(f"{path.name}@0"))
        assert report.faults == (), f"run: targem models record {path}"
        assert report.sung
        assert report.model.digest == find_model(str(path)).digest


@pytest.mark.usefixtures("mute")
def test_the_users_choice_is_what_translates(folder: Path) -> None:
    shipped = find_model().path
    model = register(folder, "policy")
    assert find_model().path == shipped
    assert choose("policy") == ("he-en", "policy@1")
    assert find_model().path == find_model("he-en").path == model.path
    assert find_model("he-en@0").path == shipped
    assert [m.reference for m in installed() if is_default(m)] == ["policy@1"]
    assert choose("he-en") == ("he-en", "he-en@0")
    assert find_model().path == shipped
    assert [m.reference for m in installed() if is_default(m)] == ["he-en@0"]


@pytest.mark.usefixtures("mute")
def test_a_newer_version_is_not_the_default_until_chosen(folder: Path) -> None:
    register(folder, "he-en")
    assert find_model().path == PACKAGED / "he-en"
    assert register(folder, "he-en", make_default=True).reference == "he-en@2"
    assert find_model().path == models_folder() / "he-en" / "2"
    register(folder, "he-en")
    assert find_model().path == models_folder() / "he-en" / "2"


@pytest.mark.usefixtures("mute")
def test_each_pair_has_a_default_of_its_own(folder: Path) -> None:
    register(folder, "policy", pair="ar-en", make_default=True)
    assert find_model().path == PACKAGED / "he-en"
    choose(str(folder), "he-en")
    assert defaults.choices() == {"ar-en": "policy@1", "he-en": str(folder)}
    assert find_model().path == folder


@pytest.mark.usefixtures("mute")
def test_a_default_that_is_gone_is_one_line(folder: Path) -> None:
    shutil.rmtree(register(folder, "policy", make_default=True).path)
    with pytest.raises(
        ModelError, match=r"default model for he-en .*'policy@1'.*targem models default he-en"
    ):
        find_model()
    choose("he-en")
    assert find_model().path == PACKAGED / "he-en"


def test_a_damaged_choice_is_one_line_and_can_be_made_again(folder: Path, home: Path) -> None:
    choose(str(folder))
    (home / "defaults/he-en.json").write_text("{")
    with pytest.raises(ModelError, match="is damaged: choose again"):
        find_model()
    choose(str(folder))
    assert find_model().path == folder


@pytest.mark.usefixtures("mute")
@pytest.mark.parametrize(
    "name", ["nope", "policy@7", "policy@x", "policy@0", "", "../policy", "he-en/..//x", "ב"]
)
def test_a_missing_model_lists_the_known_ones(folder: Path, name: str) -> None:
    register(folder, "policy")
    with pytest.raises(ModelError, match=r"he-en@0, policy@1$") as caught:
        locate(name)
    assert "\n" not in str(caught.value)


def test_a_folder_is_meant_where_no_model_has_the_name(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder.parent)
    shutil.copytree(folder, folder.parent / "he-en")
    assert find_model("made").path == folder
    assert find_model("he-en").path == PACKAGED / "he-en"
    assert find_model("./he-en").path == folder.parent / "he-en"


@pytest.mark.parametrize("name", ["", "A", "a/b", "..", ".a", "-a", "a@1", "a b", "a" * 65, "é", "a\n"])
def test_what_cannot_be_a_name_is_refused(name: str, folder: Path, home: Path) -> None:
    with pytest.raises(SettingError, match="cannot name a model"):
        register(folder, name)
    assert not home.exists()


@given(st.text(st.characters(codec="ascii"), max_size=5))
def test_a_name_never_leads_out_of_the_models_folder(name: str) -> None:
    if is_name(name):
        assert (models_folder() / check_name(name)).resolve().parent == models_folder().resolve()


@pytest.mark.parametrize("pair", ["", "he", "heen", "he-", "he-en-fr", "HE-EN", "../x-en"])
def test_what_is_no_pair_is_refused(pair: str, folder: Path) -> None:
    with pytest.raises(SettingError, match="no language pair"):
        check_pair(pair)
    if pair:
        with pytest.raises(SettingError, match="no language pair"):
            choose(str(folder), pair)


TOKENIZERS = [
    ({"source_lang": "he", "target_lang": "en"}, "he-en"),
    ({"source_lang": "heb", "target_lang": "eng"}, "he-en"),
    ({"source_lang": "iw", "target_lang": "en"}, "he-en"),
    ({"source_lang": "ar", "target_lang": "fr"}, "ar-fr"),
    ({"target_lang": "en"}, ""),
    ([], ""),
]


@pytest.mark.parametrize(("content", "pair"), TOKENIZERS)
def test_the_pair_is_the_tokenizers(content: object, pair: str, folder: Path) -> None:
    (folder / "tokenizer_config.json").write_text(json.dumps(content))
    assert pair_of(folder) == pair


def test_manifests_come_back_as_written(folder: Path) -> None:
    model = recorded_mutely(folder)
    write_manifest(model, folder / "manifest.json")
    assert read_manifest(folder / "manifest.json", folder, Place.FOLDER) == model
    assert model.digest == find_model(str(folder)).digest


@contextmanager
def small_disk() -> Iterator[None]:
    """Let no file grow beyond 4096 bytes: the system's own refusal in the middle of a write.

    Around the call alone: what pytest writes in the meantime may go to a file as well.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.usefixtures("mute")
def test_a_disk_without_room_leaves_nothing(folder: Path, home: Path) -> None:
    refusal = pytest.raises(ModelError, match=r"home/models/policy' cannot be written \(File too large\)")
    with refusal as caught, small_disk():
        register(folder, "policy", make_default=True)
    assert "\n" not in str(caught.value)
    assert left_in(home) == []
    assert not (home / "models/policy").exists()


@pytest.mark.usefixtures("mute")
@pytest.mark.parametrize("call", ["register", "choose"])
def test_a_home_that_cannot_be_written_is_one_line(folder: Path, home: Path, call: str) -> None:
    home.write_text("a file where a folder should be")
    with pytest.raises(ModelError, match=r"cannot be written .*TARGEM_HOME") as caught:
        register(folder, "policy") if call == "register" else choose(str(folder))
    assert "\n" not in str(caught.value)
    assert find_model().path == PACKAGED / "he-en"
    assert [model.name for model in installed()] == ["he-en"]


@pytest.mark.usefixtures("mute")
def test_a_manifest_that_cannot_be_written_leaves_nothing(
    folder: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    register(folder, "policy")
    before = left_in(home)
    monkeypatch.setattr("aligned.formats.atomic.os.fsync", full)
    with pytest.raises(TargemError, match="No space left on device"):
        register(folder, "policy")
    assert left_in(home) == before


@pytest.mark.usefixtures("mute")
def test_a_folder_that_changes_while_it_is_copied_is_refused(
    folder: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def train_on(folder: Path) -> None:
        (folder / "model.safetensors").write_bytes(b"newer")

    monkeypatch.setattr("mt.registry.register.sing", train_on)
    with pytest.raises(ModelError, match="changed while it was copied"):
        register(folder, "policy")
    assert left_in(home) == []


@pytest.mark.usefixtures("mute")
def test_drafts_are_no_versions_and_old_ones_go(folder: Path, home: Path) -> None:
    old, new = (home / "models/policy" / name for name in (".draft-old", ".draft-new"))
    for draft in (old, new):
        draft.mkdir(parents=True)
        (draft / "model.safetensors").write_bytes(b"half")
    os.utime(old, (time.time() - 2 * 24 * 3600,) * 2)
    assert [model.name for model in installed()] == ["he-en"]
    assert register(folder, "policy").version == 1
    assert (old.exists(), new.exists()) == (False, True)


@pytest.mark.usefixtures("mute")
def test_an_incomplete_or_missing_folder_is_refused(folder: Path, home: Path) -> None:
    with pytest.raises(ModelError, match="'/nowhere' is not a folder"):
        register(Path("/nowhere"), "policy")
    (folder / "source.spm").unlink()
    with pytest.raises(ModelError, match=r"lacks source\.spm"):
        register(folder, "policy")
    assert not home.exists()
