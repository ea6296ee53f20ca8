"""A training run in one small TOML file: sources, cleaning, tokenizer, model, phases, learning."""

import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, is_dataclass, replace
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

from mt.errors import TrainingError
from mt.train.cleaning import Limits
from mt.train.corpora import find_corpus

RECIPES = Path(__file__).resolve().parent / "recipes"
DECAYS = ("cosine", "inverse-sqrt")
PRECISIONS = ("auto", "float32", "bfloat16")
STORED = ("float16", "float32")

Weights = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Source:
    """A corpus file; with `min_target_words` its shorter pairs are left out.

    `other_numbers` takes the pairs whose numbers are the same on both sides, with others. With `terms`, which
    are corpora too, it takes the pairs in which some of these stand on both sides, marked in the source.
    """

    file: str
    min_target_words: int = 0
    other_numbers: bool = False
    terms: tuple[str, ...] = ()

    @property
    def files(self) -> tuple[str, ...]:
        """Return the corpora that it is made from."""
        return self.file, *self.terms


@dataclass(frozen=True, slots=True)
class TokenizerPlan:
    """A joint SentencePiece model of `size` pieces; `weights` say how often each source is counted."""

    size: int = 16_000
    coverage: float = 0.9998
    weights: Weights = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Shape:
    """A Marian model's size, or the `parent` (shipped name or folder) that gives it all.

    `deepen` encoder layers are put into the parent's, at most as many as it has. With `new_vocabulary` the
    parent goes on with a tokenizer that is made as for a model from scratch, else with its own.
    """

    parent: str = ""
    width: int = 256
    feedforward: int = 1024
    encoder_layers: int = 3
    decoder_layers: int = 2
    heads: int = 4
    deepen: int = 0
    new_vocabulary: bool = False


@dataclass(frozen=True, slots=True)
class Phase:
    """A stretch of `steps` updates under one mixture.

    A weight of 1 draws each pair of the source once a pass, 2.5 twice and half of them once more. Pairs
    with more than `longest` pieces on either side are left out.
    """

    name: str
    steps: int
    weights: Weights
    longest: int = 120


@dataclass(frozen=True, slots=True)
class Learning:
    """How weights change. An update sees `accumulate` batches of up to `batch_tokens` padded pieces a side.

    `rate` is reached after `warmup` updates and decays to `floor` times itself (cosine) or with the inverse
    square root of the update. `average` is the decay of the exponential average of weights.
    """

    rate: float = 6e-4
    warmup: int = 500
    decay: str = "cosine"
    floor: float = 0.02
    batch_tokens: int = 4096
    accumulate: int = 1
    smoothing: float = 0.1
    dropout: float = 0.1
    word_dropout: float = 0.0
    weight_decay: float = 0.01
    clip: float = 1.0
    average: float = 0.999
    precision: str = "auto"


@dataclass(frozen=True, slots=True)
class Saving:
    """What is written how often, in updates; nothing here changes the weights.

    Checkpoints are split into parts of `part_mib` MiB (0: one part). No recipe has `checkpoint_every` at 0,
    which means none. `beam` is the search on the dev sets.
    """

    log_every: int = 50
    checkpoint_every: int = 500
    evaluate_every: int = 1000
    part_mib: float = 0.0
    beam: int = 1
    stored: str = "float16"


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything that decides a training run; `dev` and `heldout` files are never trained on."""

    name: str
    sources: Mapping[str, Source]
    phases: tuple[Phase, ...]
    seed: int = 1
    dev: Mapping[str, str] = field(default_factory=dict)
    heldout: tuple[str, ...] = ()
    cleaning: Limits = field(default_factory=Limits)
    tokenizer: TokenizerPlan = field(default_factory=TokenizerPlan)
    model: Shape = field(default_factory=Shape)
    learning: Learning = field(default_factory=Learning)
    saving: Saving = field(default_factory=Saving)

    @property
    def steps(self) -> int:
        return sum(phase.steps for phase in self.phases)

    @property
    def digest(self) -> str:
        """Return the SHA-256 of what decides the weights: not of where files lie, nor of `saving`."""
        content = asdict(replace(self, phases=(), sources={}, dev={}, heldout=(), saving=Saving()))
        content |= {
            "phases": [asdict(_thawed(phase)) for phase in self.phases],
            "sources": {
                name: asdict(replace(source, file="", terms=("",) * len(source.terms)))
                for name, source in self.sources.items()
            },
            "tokenizer": asdict(_thawed(self.tokenizer)),
        }
        content["model"]["parent"] = bool(self.model.parent)
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def read_recipe(name: str, data: Path | None = None) -> Recipe:
    """Read a recipe file, or a shipped recipe by name; its paths are relative to `data`, else to the file.

    Raises TrainingError for a file that cannot be read, an unknown key or a value that cannot be used.
    """
    path = find_recipe(name)
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise TrainingError(f"recipe '{path}' cannot be read ({error})", "give a TOML file") from None
    recipe = parse_recipe({"name": path.stem, **table})
    return _placed(recipe, data or path.parent)


def find_recipe(name: str) -> Path:
    """Return the path of a recipe given by path or shipped name."""
    for path in (Path(name), RECIPES / f"{name}.toml"):
        if path.is_file():
            return path
    known = ", ".join(sorted(path.stem for path in RECIPES.glob("*.toml")))
    raise TrainingError(f"recipe '{name}' is not there", f"give a file, or one of: {known}")


def parse_recipe(table: Mapping[str, Any]) -> Recipe:
    """Build a recipe from TOML's tables; raises TrainingError that names the key and lists the known ones."""
    recipe: Recipe = _build(Recipe, table, "recipe")
    _check(recipe)
    return recipe


def _thawed(plan: Any) -> Any:
    """Return a copy whose weights are a plain dict, which `asdict` can copy."""
    return replace(plan, weights=dict(plan.weights))


def _placed(recipe: Recipe, base: Path) -> Recipe:
    """Return the recipe with its paths joined to `base`."""
    parent = recipe.model.parent
    local = base / parent

    def place(file: str) -> str:
        return str(find_corpus(base, file))

    return replace(
        recipe,
        sources={
            name: replace(source, file=place(source.file), terms=tuple(map(place, source.terms)))
            for name, source in recipe.sources.items()
        },
        dev={name: str(base / file) for name, file in recipe.dev.items()},
        heldout=tuple(str(base / file) for file in recipe.heldout),
        model=replace(recipe.model, parent=str(local) if parent and local.is_dir() else parent),
    )


def _build(kind: Any, value: Any, where: str) -> Any:
    """Build a value of a type from what TOML gives, or raise TrainingError."""
    if is_dataclass(kind):
        return _record(kind, value, where)
    if get_origin(kind) is tuple:
        _expect(isinstance(value, list), where, "a list")
        return tuple(_build(get_args(kind)[0], item, f"{where}[{i}]") for i, item in enumerate(value))
    if get_origin(kind) is not None:
        _expect(isinstance(value, Mapping), where, "a table")
        return {key: _build(get_args(kind)[1], item, f"{where}.{key}") for key, item in value.items()}
    accepted = (int, float) if kind is float else (kind,)
    right = isinstance(value, accepted) and isinstance(value, bool) is (kind is bool)
    _expect(right, where, f"of type {kind.__name__}")
    return kind(value)


def _record(kind: Any, table: Any, where: str) -> Any:
    _expect(isinstance(table, Mapping), where, "a table")
    known = [f.name for f in fields(kind)]
    for key in table:
        if key not in known:
            raise TrainingError(f"{where} has no key '{key}'", f"known are {', '.join(known)}")
    hints = get_type_hints(kind)
    values = {key: _build(hints[key], value, f"{where}.{key}") for key, value in table.items()}
    try:
        return kind(**values)
    except TypeError as error:
        missing = str(error).partition("argument")[2].lstrip("s: ")
        raise TrainingError(f"{where} lacks {missing}", "add it") from None


def _expect(right: bool, where: str, what: str) -> None:
    if not right:
        raise TrainingError(f"{where} is not {what}", "correct the recipe")


def _check(recipe: Recipe) -> None:
    """Raise TrainingError for values of the right type that make no sense."""
    learning, shape, saving = recipe.learning, recipe.model, recipe.saving
    _expect(bool(recipe.sources) and bool(recipe.phases), "recipe", "complete: it needs sources and phases")
    _expect(learning.decay in DECAYS, "learning.decay", f"one of {', '.join(DECAYS)}")
    _expect(learning.precision in PRECISIONS, "learning.precision", f"one of {', '.join(PRECISIONS)}")
    _expect(saving.stored in STORED, "saving.stored", f"one of {', '.join(STORED)}")
    _expect(shape.deepen >= 0, "model.deepen", "at least 0")
    for name in ("deepen", "new_vocabulary"):
        _expect(not getattr(shape, name) or bool(shape.parent), f"model.{name}", "left out without a parent")
    _expect(shape.width % (2 * shape.heads) == 0, "model.width", "a multiple of twice the heads")
    for name in ("dropout", "word_dropout", "smoothing", "average"):
        _expect(0 <= getattr(learning, name) < 1, f"learning.{name}", "from 0 to below 1")
    for name in ("rate", "clip", "batch_tokens", "accumulate"):
        _expect(getattr(learning, name) > 0, f"learning.{name}", "above 0")
    for name in ("log_every", "checkpoint_every", "evaluate_every", "beam"):
        _expect(getattr(saving, name) > 0, f"saving.{name}", "above 0")
    for phase in recipe.phases:
        _expect(phase.steps > 0, f"phase {phase.name}: steps", "above 0")
        _check_weights(phase.weights, recipe.sources, f"phase {phase.name}")
    _check_weights(recipe.tokenizer.weights, recipe.sources, "tokenizer.weights")


def _check_weights(weights: Weights, sources: Mapping[str, Source], where: str) -> None:
    for name, weight in weights.items():
        if name not in sources:
            raise TrainingError(f"{where} weighs unknown source '{name}'", f"known are {', '.join(sources)}")
        _expect(weight >= 0, f"{where}: the weight of {name}", "at least 0")
