"""The operator's own declarations: files in a folder outside the installation."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TypeVar

from archive.errors import BadDeclaration, FileMissing
from crawler.declaration.declared import Declared
from crawler.declaration.loading import load_file

D = TypeVar("D", bound=Declared)
VARIABLE = "BAOTINH_NEWSPAPERS"


def own_folder() -> Path:
    """The folder that BAOTINH_NEWSPAPERS names, else `newspapers` in the user's configuration of baotinh.

    A collection has none: its files are exchanged, and a declaration is a program. The configuration's place is that
    of the XDG Base Directory Specification.
    """
    if named := os.environ.get(VARIABLE):
        return Path(named).expanduser()
    configuration = os.environ.get("XDG_CONFIG_HOME")
    return (Path(configuration) if configuration else Path.home() / ".config") / "baotinh" / "newspapers"


def own_files() -> dict[str, Path]:
    """The files of the folder by the name of the newspaper that each declares.

    Raises:
        FileMissing: BAOTINH_NEWSPAPERS names no folder.
    """
    folder = own_folder()
    if not folder.is_dir():
        if os.environ.get(VARIABLE):
            raise FileMissing(folder, f"the folder of declarations that {VARIABLE} names")
        return {}
    return {path.stem: path for path in sorted(folder.glob("*.py")) if not path.stem.startswith("_")}


def load_own(path: Path, base: type[D]) -> type[D]:
    """The declaration in a file of the folder.

    Raises:
        BadDeclaration: it has a fault, or declares a newspaper of another name than the file's.
    """
    declared = load_file(path, base)
    if declared.name != path.stem:
        raise BadDeclaration(path, 0, "name", repr(declared.name), f"call the file {declared.name}.py")
    return declared
