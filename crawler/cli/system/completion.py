"""What shells complete: their scripts; names of newspapers and jobs, which are found without loading a crawl."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import tomllib
from pathlib import Path
from typing import Annotated, Literal

import typer

VARIABLE = "_BAOTINH_COMPLETE"
"""Set by the scripts: the command prints what may come next, and does nothing else."""
Shell = Literal["bash", "zsh", "fish"]
PLACES: dict[Shell, str] = {
    "bash": "bash-completion/completions/baotinh",
    "zsh": "zsh/site-functions/_baotinh",
    "fish": "fish/vendor_completions.d/baotinh.fish",
}
"""Where the shells look for the scripts, below a folder `share`."""
_SCRIPTS: dict[Shell, str] = {
    "bash": """_baotinh() {
    local IFS=$'\\n'
    mapfile -t COMPREPLY < <(
        COMP_WORDS="${COMP_WORDS[*]}" COMP_CWORD=$COMP_CWORD VARIABLE=complete_bash "$1" 2>/dev/null
    )
}
complete -o default -F _baotinh baotinh
""",
    "zsh": """#compdef baotinh
_baotinh() {
  eval "$(_TYPER_COMPLETE_ARGS="${words[1,$CURRENT]}" VARIABLE=complete_zsh ${words[1]} 2>/dev/null)"
}
if [ "$funcstack[1]" = _baotinh ]; then _baotinh "$@"; else compdef _baotinh baotinh; fi
""",
    "fish": """function __baotinh_complete
    set --local typed (commandline -cp | string collect)
    env VARIABLE=complete_fish _TYPER_COMPLETE_FISH_ACTION=$argv[1] _TYPER_COMPLETE_ARGS=$typed \\
        (commandline -opc)[1] 2>/dev/null
end
complete --command baotinh --no-files \\
    --condition "__baotinh_complete is-args" --arguments "(__baotinh_complete get-args)"
""",
}


def script(shell: Shell) -> str:
    """The script of a shell."""
    return _SCRIPTS[shell].replace("VARIABLE", VARIABLE)


def completion(
    shell: Annotated[Shell, typer.Argument(help="The shell that is to complete baotinh's command lines.")],
) -> None:
    """Print the script with which a shell completes commands, options, newspapers and jobs."""
    print(script(shell), end="")


def is_completing() -> bool:
    """Whether a shell asks what may come next, which it is then told."""
    if VARIABLE not in os.environ:
        return False
    from typer._completion_classes import completion_init

    completion_init()
    return True


def newspaper_names(incomplete: str) -> list[str]:
    """The names of declared newspapers that begin so, the operator's own among them."""
    # a declaration's file is named as its newspaper; loading all of them takes long
    from archive.errors import FileMissing
    from crawler.declaration.own import own_files

    ours = importlib.util.find_spec("spiders")
    folders = ours.submodule_search_locations or () if ours else ()
    found = {path.stem for folder in folders for path in Path(folder).glob("[a-z]*.py")}
    with contextlib.suppress(FileMissing):
        found.update(own_files())
    return sorted(name for name in found if name.startswith(incomplete))


def job_names(context: typer.Context, incomplete: str) -> list[str]:
    """The names of the schedule's jobs that begin so; of `--schedule` where it was given before."""
    named = context.params.get("schedule") or os.environ.get("BAOTINH_SCHEDULE") or "schedule.toml"
    try:
        jobs = tomllib.loads(Path(named).read_text("utf-8")).get("jobs", {})
    except (OSError, ValueError):
        return []
    return [name for name in jobs if name.startswith(incomplete)] if isinstance(jobs, dict) else []
