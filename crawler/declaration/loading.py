"""Loads declarations from their files, and refuses a wrong one with file, line and correction."""

from __future__ import annotations

import ast
import importlib.util
import inspect
import sys
import traceback
from pathlib import Path
from typing import TypeVar

from archive.errors import BadDeclaration, FileMissing
from crawler.declaration.declared import Declared
from crawler.declaration.schema import faults

D = TypeVar("D", bound=Declared)
_SPIDERS = Path(__file__).parents[2] / "spiders"


def refuse_faults(declared: type[Declared]) -> None:
    """Refuse a declaration with faults.

    Raises:
        BadDeclaration: with the first fault and the line of the attribute.
    """
    for fault in faults(declared):
        path, line = _place(declared, fault.attribute)
        raise BadDeclaration(path, line, fault.attribute, fault.found, fault.mend)


def load_file(path: Path, base: type[D]) -> type[D]:
    """The declaration in a file: its first subclass of `base`.

    Raises:
        FileMissing: there is no such file.
        BadDeclaration: it holds none, Python cannot read it, or the declaration has a fault.
    """
    if not path.exists():
        raise FileMissing(path, "a newspaper's declaration")
    spec = importlib.util.spec_from_file_location(f"declaration_{path.stem}", path)
    if spec is None or spec.loader is None or not path.is_file():
        raise BadDeclaration(path, 0, "file", "no Python file is there", "give the path of a declaration")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # `inspect` looks up a class's file here
    try:
        spec.loader.exec_module(module)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # sys.exit() too ends only the file
        del sys.modules[spec.name]
        raise unloadable(error, path) from error
    for value in vars(module).values():
        if isinstance(value, type) and issubclass(value, base) and value.__module__ == spec.name:
            refuse_faults(value)
            return value
    raise BadDeclaration(path, 1, "class", "no newspaper is declared", f"declare a class of {base.__name__}")


def unloadable(error: BaseException, path: Path) -> BadDeclaration:
    """The error that Python raised for a declaration's file, with the line and what would mend it."""
    if isinstance(error, SyntaxError):
        place, line, found = Path(error.filename or path), error.lineno or 0, error.msg
    else:
        frames = [frame for frame in traceback.extract_tb(error.__traceback__) if _is_declaration(frame.filename, path)]
        place, line = (Path(frames[-1].filename), frames[-1].lineno or 0) if frames else (path, 0)
        found = " ".join(str(error).split()) or "no reason is given"
    mend = next(said for kind, said in _MENDS if isinstance(error, kind))
    return BadDeclaration(place, line, type(error).__name__, found, mend)


_MENDS: tuple[tuple[type[BaseException], str], ...] = (
    (SyntaxError, "write it as Python"),
    (ImportError, "import what is installed; a declaration needs only crawler and spiders"),
    (SystemExit, "remove what ends the program: a declaration is only read"),
    (BaseException, "mend what Python cannot run there"),
)


def _is_declaration(filename: str, path: Path) -> bool:
    return Path(filename) == path or _SPIDERS in Path(filename).parents


def _place(declared: type[Declared], attribute: str) -> tuple[Path, int]:
    """The file and line that set the attribute, else those of the class."""
    for cls in declared.__mro__:
        if cls is not declared and attribute not in vars(cls):
            continue
        try:
            path, first = Path(inspect.getfile(cls)), inspect.getsourcelines(cls)[1]
        except (OSError, TypeError):
            continue
        if attribute not in vars(cls):
            return (path, first) if not hasattr(declared, attribute) else _place_above(declared, attribute, path, first)
        return path, _line(path, cls.__name__, attribute) or first
    return Path(f"{declared.__module__}.py"), 0


def _place_above(declared: type[Declared], attribute: str, path: Path, first: int) -> tuple[Path, int]:
    """The line in the family's file if the family sets the attribute, else the newspaper's own file."""
    for cls in declared.__mro__[1:]:
        if attribute in vars(cls) and cls is not Declared:
            above = Path(inspect.getfile(cls))
            return above, _line(above, cls.__name__, attribute)
    return path, first


def _line(path: Path, name: str, attribute: str) -> int:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ClassDef) and node.name == name:
            for part in node.body:
                targets = part.targets if isinstance(part, ast.Assign) else [getattr(part, "target", None)]
                if any(isinstance(target, ast.Name) and target.id == attribute for target in targets):
                    return part.lineno
    return 0
