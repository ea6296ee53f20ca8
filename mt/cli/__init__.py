"""The command line: it parses, calls and prints; nothing else in the program prints or exits."""

import os
import signal
import sys
from types import FrameType

import typer
from typer.exceptions import TyperException

from glossary.errors import TargemError
from mt.cli.adapting import adapt
from mt.cli.aligning import align
from mt.cli.common import CommandError, say
from mt.cli.exchanging import export, import_
from mt.cli.models import models_app
from mt.cli.quality import check
from mt.cli.reading import repair, segment
from mt.cli.score_history import ScoreCommand
from mt.cli.scoring import score
from mt.cli.serving import review
from mt.cli.terms import glossary_app
from mt.cli.training import train
from mt.cli.translating import translate

app = typer.Typer(
    name="targem",
    help="Translate Hebrew briefs into English under a glossary, and keep every pair.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(translate)
app.command()(repair)
app.command()(segment)
app.command()(align)
app.command(cls=ScoreCommand)(score)
app.command()(check)
app.command("import")(import_)
app.command()(export)
app.command()(review)
app.command()(train)
app.command()(adapt)
app.add_typer(glossary_app, name="glossary")
app.add_typer(models_app, name="models")


class Interrupted(BaseException):
    """Somebody ended the program; typer would swallow a KeyboardInterrupt and say nothing."""


def main() -> None:
    """Run the command line; every error a user can cause is one line on standard error."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", newline="\n")  # type: ignore[union-attr]
    try:
        status = app(standalone_mode=False)
        sys.stdout.flush()
    except CommandError as error:
        status = _fail(str(error), 2)
    except TargemError as error:
        status = _fail(str(error), 1)
    except Interrupted:
        status = _fail("interrupted: run the same command again to go on", 130)
    except (BrokenPipeError, SystemExit):  # typer makes the one into the other, and exits for nothing else
        # Whoever reads our output has had enough; nothing more can be written, not even at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 0
    except TyperException as error:
        status = _usage(error)
    sys.exit(status or 0)


def _usage(error: TyperException) -> int:
    """Print what is wrong with a command line; called with nothing at all, it has had the help."""
    message = " ".join(error.format_message().split()).rstrip(".") if hasattr(error, "format_message") else ""
    return _fail(f"{message}: see targem --help", 2) if message else 2


def _fail(text: str, status: int) -> int:
    say(f"targem: {' '.join(text.split())}")
    return status


def _interrupt(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 the signal module's form
    raise Interrupted
