"""The operator's own declarations: files in a folder outside the installation."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Generic, TypeVar

import attrs

from archive.errors import BadDeclaration, FileMissing
from crawler.configuration.finding import user_folder
from crawler.configuration.precedence import in_force
from crawler.declaration.declared import Declared
from crawler.declaration.loading import load_file

D = TypeVar("D", bound=Declared)


@attrs.frozen
class OwnDeclarations(Generic[D]):
    """The declarations of the folder by the newspaper's name, and the files with faults, each with the first one."""

    declared: Mapping[str, type[D]]
    refused: Mapping[str, BadDeclaration]


def own_folder() -> Path:
    """The folder that the settings name, else `newspapers` in the user's configuration of baotinh.

    A collection has none: its files are exchanged, and a declaration is a program. The configuration's place is that
    of the XDG Base Directory Specification.

    Raises:
        FileMissing: the settings name no folder that can be read.
    """
    found = in_force("declarations")
    if found.value is None:
        return user_folder() / "newspapers"
    folder: Path = found.value.expanduser()
    if not folder.is_dir() or not os.access(folder, os.R_OK | os.X_OK):
        raise FileMissing(folder, f"the folder of declarations that {found.variable or found.path} names")
    return folder


def own_files() -> dict[str, Path]:
    """The files of the folder by the name of the newspaper that each declares.

    Raises:
        FileMissing: the settings name no folder that can be read.
    """
    return {path.stem: path for path in sorted(own_folder().glob("*.py")) if not path.stem.startswith("_")}


def load_own(path: Path, base: type[D]) -> type[D]:
    """The declaration in a file of the folder.

    Raises:
        BadDeclaration: it has a fault, or declares a newspaper of another name than the file's.
    """
    try:
        declared = load_file(path, base)
    except FileMissing as error:  # a link to a file that was removed
        raise BadDeclaration(path, 0, "file", "it is not there", "remove the link, or restore its file") from error
    if declared.name != path.stem:
        raise BadDeclaration(path, 0, "name", repr(declared.name), f"call the file {declared.name}.py")
    return declared


def load_all_own(base: type[D]) -> OwnDeclarations[D]:
    """Load every file of the folder; one with a fault costs only its own newspaper.

    Raises:
        FileMissing: the settings name no folder that can be read.
    """
    declared: dict[str, type[D]] = {}
    refused: dict[str, BadDeclaration] = {}
    for name, path in own_files().items():
        try:
            declared[name] = load_own(path, base)
        except BadDeclaration as error:
            refused[name] = error
    return OwnDeclarations(declared, refused)
