"""The manual page baotinh(1), made of the commands' own help; run as a module, it and the shells' scripts as files.

    python -m crawler.cli.manual FOLDER

writes what `make wheel` puts into the wheel: `man/man1/baotinh.1`, and the scripts where shells look for them.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from archive import VERSION
from crawler.cli.commands import app
from crawler.cli.system.completion import PLACES, script

_EXIT_STATUS = (
    ("0", "It was done. Single pages of a crawl may have failed: its report names them."),
    ("1", "It failed, or found what it was called to look for."),
    ("2", "The command was wrong: the same call will fail again."),
    ("130", "It was ended with Ctrl-C."),
)
_OPTION = re.compile(r"(?<![\w-])--?[a-z][a-z-]*")
_SEE = "The documents of baotinh describe every option, setting, field and error; they lie beside its source."


def manual() -> str:
    """The page, in the language of man(7)."""
    whole: Any = typer.main.get_command(app)
    lines = [
        f'.TH BAOTINH 1 "" "baotinh {VERSION}" "User Commands"',
        ".nh",
        ".ad l",
        ".SH NAME",
        rf"baotinh \- {_text(whole.help.rstrip('.'))}",
        ".SH SYNOPSIS",
        r".B baotinh",
        r"\fICOMMAND\fR [\fIOPTION\fR]... [\fIARGUMENT\fR]...",
        ".SH OPTIONS",
        *_options(whole),
        ".SH COMMANDS",
    ]
    for words, command in _commands(whole, ["baotinh"]):
        lines += _command(words, command)
    lines.append(".SH EXIT STATUS")
    for code, meaning in _EXIT_STATUS:
        lines += [".TP", rf"\fB{code}\fR", _text(meaning)]
    variables = _variables(whole)
    lines.append(".SH ENVIRONMENT")
    for name in sorted(variables):
        lines += [".TP", rf"\fB{name}\fR", _text(f"In place of {variables[name]}.")]
    return "\n".join([*lines, ".SH SEE ALSO", _text(_SEE), ""])


def _commands(group: Any, before: list[str]) -> Iterator[tuple[list[str], Any]]:
    """Every command that does something, by its words."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from _commands(command, [*before, name])
        else:
            yield [*before, name], command


def _command(words: list[str], command: Any) -> list[str]:
    arguments = [one for one in command.params if one.param_type_name == "argument"]
    named = " ".join(rf"\fI{_text(_argument(one))}\fR" for one in arguments)
    lines = [rf".SS {_text(' '.join(words))} {named}".rstrip(), _text(command.help or "")]
    for one in arguments:
        if getattr(one, "help", None):
            lines += [".TP", rf"\fI{_text(_argument(one))}\fR", _text(one.help)]
    return [*lines, *_options(command)]


def _argument(one: Any) -> str:
    return str(one.metavar or one.name.upper())


def _options(command: Any) -> list[str]:
    lines = []
    context = command.context_class(command)
    for one in command.params:
        if one.param_type_name == "option":
            said, meaning = one.get_help_record(context) or ("", "")
            said = _OPTION.sub(lambda name: rf"\fB{name[0]}\fR", said)
            lines += [".TP", _text(said), _text(meaning)]
    return lines


def _variables(whole: Any) -> dict[str, str]:
    """The variables of the environment that stand for options, with those options."""
    return {
        one.envvar: one.opts[0]
        for _, command in _commands(whole, [])
        for one in command.params
        if isinstance(one.envvar, str)
    }


def _text(words: str) -> str:
    """Words of roff: hyphens as they are typed, and no line that is taken for a request."""
    plain = " ".join(words.split()).replace("-", r"\-")
    return rf"\&{plain}" if plain[:1] in (".", "'") else plain


def write(folder: Path) -> None:
    """Write the page and the scripts below a folder `share`."""
    places = {Path("man", "man1", "baotinh.1"): manual()} | {Path(PLACES[one]): script(one) for one in PLACES}
    for place, text in places.items():
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        (folder / place).write_text(text, "utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
