"""From a recipe to a task: the one place that knows both."""

from pathlib import Path

from mt.engines.folder import find_model
from mt.train.checkpoint import written
from mt.train.evaluate import read_dev
from mt.train.loop import Task
from mt.train.prepare import Prepared, Say, prepare
from mt.train.recipe import Recipe


def prepared_in(recipe: Recipe, folder: Path, say: Say = lambda _: None) -> Prepared:
    """Prepare a recipe's data in a run's folder, or find there what was prepared before."""
    with written(folder):
        folder.mkdir(parents=True, exist_ok=True)
        return prepare(recipe, folder, say)


def task_of(recipe: Recipe, prepared: Prepared) -> Task:
    """Return the task that a recipe and its prepared data make."""
    return Task(
        name=recipe.name,
        digest=prepared.digest,
        tokenizer=prepared.tokenizer,
        data=prepared.data,
        phases=recipe.phases,
        seed=recipe.seed,
        learning=recipe.learning,
        saving=recipe.saving,
        shape=recipe.model,
        parent=find_model(recipe.model.parent).path if recipe.model.parent else None,
        marks_terms=any(source.terms for source in recipe.sources.values()),
        dev={name: read_dev(Path(file)) for name, file in recipe.dev.items()},
    )
