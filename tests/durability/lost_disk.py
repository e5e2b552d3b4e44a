"""A model of a disk that may lose whatever was not synced, filled from a trace of calls to the system.

A file's bytes are durable as of the last fsync or fdatasync of that file; a directory's names (made, renamed, removed)
as of the last fsync of that directory. Whatever came later may be there or not, each file and directory for itself. The
folder of the traced collection's root is there from the beginning. SQLite's shared memory (-shm) is never on the disk.
"""

from __future__ import annotations

import ast
import random
import re
from collections.abc import Iterator
from pathlib import Path

import attrs

CALLS = (
    "openat,creat,write,pwrite64,writev,pwritev,ftruncate,fsync,fdatasync,rename,renameat,renameat2,unlink,unlinkat,"
    "rmdir,mkdir,mkdirat,lseek,link,linkat,truncate,fallocate,copy_file_range,sendfile"
)
STRACE = ("strace", "-f", "-y", "-xx", "-s", "10000000", "-e", f"trace={CALLS}")
_CALL = re.compile(r"(?P<name>\w+)\((?P<arguments>.*)\)\s+= (?P<result>-?\d+)(?:<(?P<path>[^>]*)>)?")
_STRING = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
_DESCRIPTOR = re.compile(r"(\d+)<((?:\\x[0-9a-f]{2})*)>(\(deleted\))?")


@attrs.frozen
class Call:
    """A call that succeeded: its name, its arguments as the trace has them, what it gave."""

    name: str
    arguments: str
    result: int

    @property
    def strings(self) -> list[bytes]:
        """What stands in quotes among the arguments: names, or what was written."""
        bare = re.sub(r"<[^>]*>", "", self.arguments)
        return [_plain(found) for found in _STRING.findall(bare)]

    @property
    def descriptor(self) -> tuple[int, Path | None]:
        """The first argument: the descriptor, and the path it is open on; None where that is deleted."""
        found = _DESCRIPTOR.match(self.arguments)
        assert found, self.arguments[:200]
        path = _plain(found[2]).decode()
        return int(found[1]), None if found[3] or path.endswith("(deleted)") else Path(path)

    @property
    def numbers(self) -> list[int]:
        """The arguments behind the descriptor and the string that are plain numbers."""
        bare = _STRING.sub("", re.sub(r"<[^>]*>", "", self.arguments))
        return [int(part) for part in bare.split(", ") if re.fullmatch(r"-?\d+", part)]


def _plain(escaped: str) -> bytes:
    plain: bytes = ast.literal_eval(f"b'{escaped}'")
    return plain


def calls(trace: Path) -> Iterator[Call]:
    """The calls of a trace that succeeded, in the order in which they were done."""
    begun: dict[str, str] = {}
    for line in trace.read_text("ascii").splitlines():
        process, _, text = line.partition(" ")
        text = text.strip()
        if text.endswith("<unfinished ...>"):
            begun[process] = text.removesuffix("<unfinished ...>").rstrip()
            continue
        if text.startswith("<... "):
            text = begun.pop(process) + text.partition("resumed>")[2]
        if (found := _CALL.match(text)) and int(found["result"]) >= 0:
            yield Call(found["name"], found["arguments"], int(found["result"]))


@attrs.define(eq=False)
class File:
    """A file: what is on the disk for sure, and what was written since."""

    durable: bytes = b""
    since: list[tuple[int, bytes | None]] = attrs.field(factory=list)  # without bytes: cut, or drawn out, to there
    length: int = 0

    def write(self, offset: int, written: bytes) -> None:
        """Bytes at an offset."""
        self.since.append((offset, written))
        self.length = max(self.length, offset + len(written))

    def truncate(self, length: int) -> None:
        """Another length."""
        self.since.append((length, None))
        self.length = length

    def sync(self) -> None:
        """All of it is on the disk."""
        self.durable, self.since = self.after(self.since), []

    def after(self, written: list[tuple[int, bytes | None]]) -> bytes:
        """What it holds if of what was written since, this reached the disk."""
        content = bytearray(self.durable)
        for offset, piece in written:
            content.extend(bytes(max(0, offset - len(content))))
            if piece is None:
                del content[offset:]
            else:
                content[offset : offset + len(piece)] = piece
        return bytes(content)


@attrs.define(eq=False)
class Folder:
    """A directory: the names that are on the disk for sure, and what was changed since, each change whole."""

    now: dict[str, File | Folder] = attrs.field(factory=dict)
    durable: dict[str, File | Folder] = attrs.field(factory=dict)
    since: list[dict[str, File | Folder | None]] = attrs.field(factory=list)

    def change(self, **changes: File | Folder | None) -> None:
        """Names that come, and with None that go."""
        self.since.append(changes)
        _change(self.now, changes)

    def sync(self) -> None:
        """All of it is on the disk."""
        self.durable, self.since = dict(self.now), []

    def after(self, changed: list[dict[str, File | Folder | None]]) -> dict[str, File | Folder]:
        """The names if of the changes since, these reached the disk."""
        names = dict(self.durable)
        for changes in changed:
            _change(names, changes)
        return names


def _change(names: dict[str, File | Folder], changes: dict[str, File | Folder | None]) -> None:
    for name, node in changes.items():
        if node is None:
            names.pop(name, None)
        else:
            names[name] = node


class Disk:
    """What a traced process did below `root`, whose parent is there."""

    def __init__(self, root: Path) -> None:
        self.above, self._parent = Folder(), root.parent
        self._at: dict[int, int] = {}  # where a descriptor stands in its file

    def do(self, call: Call) -> bool:
        """Do what the process did; whether it was a sync or a change of names, after which a disk may be lost."""
        doing = getattr(self, f"_{call.name}", None)
        assert doing is not None, f"the model knows no {call.name}"
        return bool(doing(call))

    def leave(self, target: Path, dice: random.Random | None) -> None:
        """Lay out in `target` what a lost disk holds: the least, or with `dice` something between that and all."""
        _lay_out(self.above, target, dice)

    def _find(self, path: Path | None) -> File | Folder | None:
        if path is None or (path != self._parent and self._parent not in path.parents):
            return None
        node: File | Folder = self.above
        for name in path.relative_to(self._parent).parts:
            if not isinstance(node, Folder) or name not in node.now:
                return None
            node = node.now[name]
        return node

    def _folder_of(self, path: Path) -> Folder | None:
        folder = self._find(path.parent)
        return folder if isinstance(folder, Folder) else None

    def _openat(self, call: Call) -> bool:
        path = Path(call.strings[0].decode())
        folder, node = self._folder_of(path), self._find(path)
        self._at[call.result] = 0
        if folder is None or isinstance(node, Folder):
            return False
        if node is None and "O_CREAT" in call.arguments:
            folder.change(**{path.name: File()})
            return True
        if isinstance(node, File) and "O_TRUNC" in call.arguments:
            node.truncate(0)
        if isinstance(node, File) and "O_APPEND" in call.arguments:
            self._at[call.result] = -1
        return False

    def _write(self, call: Call) -> None:
        number, path = call.descriptor
        if isinstance(node := self._find(path), File):
            at = node.length if self._at[number] < 0 else self._at[number]
            node.write(at, b"".join(call.strings)[: call.result])
            self._at[number] = -1 if self._at[number] < 0 else at + call.result

    _writev = _write

    def _pwrite64(self, call: Call) -> None:
        if isinstance(node := self._find(call.descriptor[1]), File):
            node.write(call.numbers[-1], call.strings[0][: call.result])

    def _ftruncate(self, call: Call) -> None:
        if isinstance(node := self._find(call.descriptor[1]), File):
            node.truncate(call.numbers[-1])

    def _lseek(self, call: Call) -> None:
        number = call.descriptor[0]
        if self._at.get(number, 0) >= 0:
            self._at[number] = call.result

    def _fsync(self, call: Call) -> bool:
        node = self._find(call.descriptor[1])
        if node is not None:
            node.sync()
        return node is not None

    _fdatasync = _fsync

    def _rename(self, call: Call) -> bool:
        source, target = (Path(name.decode()) for name in call.strings)
        node, folder = self._find(source), self._folder_of(target)
        if node is None or folder is None:
            return False
        assert source.parent == target.parent, "the model knows renames within a folder only"
        folder.change(**{source.name: None, target.name: node})
        return True

    _renameat = _renameat2 = _rename

    def _link(self, call: Call) -> bool:
        source, target = (Path(name.decode()) for name in call.strings)
        node, folder = self._find(source), self._folder_of(target)
        if node is None or folder is None:
            return False
        folder.change(**{target.name: node})
        return True

    _linkat = _link

    def _unlink(self, call: Call) -> bool:
        path = Path(call.strings[0].decode())
        folder = self._folder_of(path)
        if folder is not None:
            folder.change(**{path.name: None})
        return folder is not None

    _unlinkat = _rmdir = _unlink

    def _mkdir(self, call: Call) -> bool:
        path = Path(call.strings[0].decode())
        folder = self._folder_of(path)
        if folder is not None:
            folder.change(**{path.name: Folder()})
        return folder is not None

    _mkdirat = _mkdir


def _lay_out(folder: Folder, target: Path, dice: random.Random | None) -> None:
    target.mkdir()
    laid_out: dict[File, Path] = {}
    # a directory's changes reach the disk in their order, a file's bytes in any
    changed = folder.since[: dice.randint(0, len(folder.since))] if dice else []
    for name, node in folder.after(changed).items():
        if isinstance(node, Folder):
            _lay_out(node, target / name, dice)
        elif node in laid_out:  # another name of the same file
            (target / name).hardlink_to(laid_out[node])
        elif not name.endswith("-shm"):
            laid_out[node] = target / name
            written = [piece for piece in node.since if dice.random() < 0.5] if dice else []
            (target / name).write_bytes(node.after(written))
