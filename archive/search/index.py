"""The search index: a projection of the catalog that can be deleted and is then rebuilt."""

from __future__ import annotations

import atexit
import contextlib
import functools
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import attrs
import tantivy
from filelock import FileLock, Timeout

from archive.article import Article
from archive.catalog import Catalog
from archive.collection import Collection, sync_directory
from archive.errors import IndexBusy
from archive.search.passages import passages
from archive.search.vietnamese import both_forms, composed

# Incremented when what is indexed, or how, changes: an index of another version is rebuilt.
INDEX_VERSION = 3
BATCH = 200
BATCHES_A_COMMIT = 10
HEAP = 64_000_000

POSITION = "position.json"
_OS_ERROR = re.compile(r"os error (\d+)")
# Searchable texts and the kinds of passages in each; all kinds where none is named.
WITHIN: dict[str, set[str]] = {"text": set(), "title": {"title"}, "captions": {"caption", "credit"}}
# The kinds of passages whose words are counted as the article's length.
PROSE = frozenset({"title", "kicker", "lead", "body", "caption"})
# Searchable names of persons and agencies.
NAMES = ("author", "source")
SECTION_BETWEEN = "\x1f"
"""What stands between newspaper and section in `section_of`, where sections of one name are told apart."""
MOST_APART = 50
"""How many words may stand between two words that are searched near one another."""
# Between two passages stands what is no word, so often that no phrase and no nearness reaches from one into the next.
_PASSAGES, _NOTHING = "passages", "|"
_BETWEEN = f" {' '.join([_NOTHING] * (MOST_APART + 1))} "
VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
EARLIEST = datetime(1700, 1, 1, tzinfo=UTC)  # tantivy counts nanoseconds in 64 bits: 1677 to 2262
LATEST = datetime(2260, 1, 1, tzinfo=UTC)


@attrs.frozen
class Position:
    """How far the index has come: `folder` within the index folder, `seq` of the last version considered."""

    folder: str
    seq: int


def schema() -> tantivy.Schema:
    """The index's fields: keys for filters, and each searchable text in its exact and its folded form."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_unsigned_field("seq", stored=True, indexed=True, fast=True)
    builder.add_date_field("published", stored=False, indexed=True, fast=True)
    for name in ("newspaper", "section", "section_of", "author", "source"):
        builder.add_text_field(name, fast=True, tokenizer_name="raw", index_option="basic")
    for name in ("section_exact", "section_folded"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for name in ("day", "month", "pictures", "versions", "syllables"):
        builder.add_unsigned_field(name, indexed=True, fast=True)
    for name in (*NAMES, *WITHIN):
        for form in ("exact", "folded"):
            builder.add_text_field(f"{name}_{form}", tokenizer_name=_PASSAGES, index_option="position")
    return builder.build()


def open_index(folder: Path) -> tantivy.Index:
    """The index in a folder, a new one where there is none.

    Raises:
        ValueError: it is damaged.
    """
    opened = tantivy.Index(schema(), str(folder))
    words = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace())
    opened.register_tokenizer(_PASSAGES, words.filter(tantivy.Filter.custom_stopword([_NOTHING])).build())
    return opened


def position(collection: Collection) -> Position | None:
    """How far the index has come; None where there is none that this version can read."""
    try:
        read = json.loads((collection.index / POSITION).read_text("utf-8"))
        if read["version"] != INDEX_VERSION:
            return None
        return Position(str(read["folder"]), int(read["seq"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def readable(folder: Path) -> Path:
    """The index's folder, or a copy of it on a read-only disk, since readers create a lock file in it."""
    return folder if os.access(folder, os.W_OK) else _copy(folder)


@functools.cache
def _copy(folder: Path) -> Path:
    kept = Path(tempfile.mkdtemp(prefix="baotinh-index-"))
    atexit.register(shutil.rmtree, kept, ignore_errors=True)
    return Path(shutil.copytree(folder, kept / folder.name))


@attrs.frozen
class IndexedElsewhere(Collection):
    """A read-only collection whose index and lock are in a temporary folder."""

    place: Path

    def root_of(self, folder: str) -> Path:
        """The temporary folder for index and locks."""
        return self.place if folder in ("index", "locks") else self.root


def indexed_elsewhere(collection: Collection) -> Collection | None:
    """The collection with an index in a temporary folder if its own is outdated and cannot be written; else None.

    Its own index is copied first. The folder is removed when the process ends.

    Raises:
        OSError: no temporary folder can be created.
    """
    if _may_be_written(collection):
        return None
    reached = position(collection)
    is_there = reached is not None and tantivy.Index.exists(str(collection.index / reached.folder))
    with contextlib.closing(collection.catalog()) as catalog:
        if is_there and reached is not None and reached.seq == catalog.last_seq():
            return None
    place = Path(tempfile.mkdtemp(prefix="baotinh-index-"))
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    if is_there:
        shutil.copytree(collection.index, place / "index")
    return IndexedElsewhere(collection.root, place)


def _may_be_written(collection: Collection) -> bool:
    try:
        collection.locks.mkdir(parents=True, exist_ok=True)
        collection.index.mkdir(parents=True, exist_ok=True)
        with FileLock(collection.index_lock, timeout=0), tempfile.TemporaryFile(dir=collection.index):
            return True
    except Timeout:
        return True  # the process that writes the index can
    except OSError:
        return False


def follow(collection: Collection, *, wait: float = 0, rebuild: bool = False) -> int:
    """Update the index from the catalog, and return how many articles were indexed.

    Safe to call at any time and to repeat; an index that is missing, of another version, damaged or ahead of the
    catalog is rebuilt.

    Args:
        wait: seconds to wait for another process that is writing the index.

    Raises:
        IndexBusy: another process was still writing it.
        OSError: the disk failed.
    """
    collection.locks.mkdir(parents=True, exist_ok=True)
    lock = FileLock(collection.index_lock)
    try:
        lock.acquire(timeout=wait)
    except Timeout as error:
        raise IndexBusy(collection.index) from error
    try:
        with contextlib.closing(collection.catalog()) as catalog, _refusals(collection.index):
            try:
                return _follow(collection, catalog, rebuild)
            except ValueError as error:
                if _OS_ERROR.search(str(error)):
                    raise
                # a killed writer may have left a file that keeps the next one from starting
                return _follow(collection, catalog, rebuild=True)
    finally:
        lock.release()


@contextlib.contextmanager
def _refusals(path: Path) -> Iterator[None]:
    """Raise the system's errors as OSError: tantivy raises ValueError for everything."""
    try:
        yield
    except ValueError as error:
        if found := _OS_ERROR.search(str(error)):
            raise OSError(int(found[1]), os.strerror(int(found[1])), str(path)) from error
        raise


def _follow(collection: Collection, catalog: Catalog, rebuild: bool) -> int:
    found = None if rebuild else position(collection)
    target = catalog.last_seq()
    opened = _open(collection, found) if found and found.seq <= target else None
    if found is None or opened is None:
        found = _begin(collection)
        opened = open_index(collection.index / found.folder)
    if found.seq == target:
        return 0
    writer = opened.writer(HEAP, 1)
    count = batches = 0
    seq = found.seq
    # a version that is not the latest of its article never becomes the latest again, and is skipped
    while batch := catalog.latest_versions(seq, target, BATCH):
        counts = catalog.count_versions([version.article_id for version in batch])
        for version in batch:
            writer.delete_documents_by_term("id", version.article_id)
            writer.add_document(_document(version.article(), version.seq, counts[version.article_id]))
        seq = batch[-1].seq
        count, batches = count + len(batch), batches + 1
        if batches % BATCHES_A_COMMIT == 0:
            writer.commit()
            _store(collection, Position(found.folder, seq))
    writer.commit()
    _store(collection, Position(found.folder, target))
    writer.wait_merging_threads()
    return count


def _open(collection: Collection, found: Position) -> tantivy.Index | None:
    """The index at that position, or None where it is damaged."""
    path = collection.index / found.folder
    try:
        opened = open_index(path) if tantivy.Index.exists(str(path)) else None
        if opened is not None:
            opened.searcher().search(tantivy.Query.all_query(), limit=1)
    except (ValueError, OSError):
        return None
    return opened


def _begin(collection: Collection) -> Position:
    """A new empty index in its own folder; remains of others are removed."""
    collection.index.mkdir(parents=True, exist_ok=True)
    former = [path for path in collection.index.iterdir() if path.is_dir()]
    number = max((int(path.name) for path in former if path.name.isdigit()), default=0) + 1
    begun = Position(f"{number:04d}", 0)
    (collection.index / begun.folder).mkdir()
    open_index(collection.index / begun.folder)
    _store(collection, begun)
    for path in former:
        shutil.rmtree(path, ignore_errors=True)
    return begun


def _store(collection: Collection, reached: Position) -> None:
    # tantivy renames its own list of segments into place, and leaves the directory unsynced
    sync_directory(collection.index / reached.folder)
    path = collection.index / POSITION
    fresh = path.with_suffix(".new")
    with fresh.open("w", encoding="utf-8") as file:
        json.dump({"version": INDEX_VERSION, "folder": reached.folder, "seq": reached.seq}, file)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    sync_directory(collection.index)


def _document(article: Article, seq: int, versions: int) -> tantivy.Document:
    document = tantivy.Document()
    document.add_text("id", article.id)
    document.add_unsigned("seq", seq)
    document.add_text("newspaper", article.newspaper)
    published = min(max(article.published_at.astimezone(UTC), EARLIEST), LATEST)
    local = published.astimezone(VIETNAM)
    document.add_date("published", published)
    document.add_unsigned("day", local.year * 10_000 + local.month * 100 + local.day)
    document.add_unsigned("month", local.year * 100 + local.month)
    document.add_unsigned("pictures", len(article.images))
    document.add_unsigned("versions", versions)
    if article.section:
        section = composed(article.section)
        document.add_text("section", section)
        document.add_text("section_of", f"{article.newspaper}{SECTION_BETWEEN}{section}")
        document.add_text("section_exact", key(article.section, "exact"))
        document.add_text("section_folded", key(article.section, "folded"))
    texts: dict[str, list[str]] = {}
    for name in dict.fromkeys(map(composed, article.authors)):
        document.add_text("author", name)
        _gather(texts, ["author"], name)
    if article.source:
        document.add_text("source", composed(article.source))
        _gather(texts, ["source"], composed(article.source))
    syllables = 0
    for passage in passages(article):
        fields = [field for field, kinds in WITHIN.items() if not kinds or passage.kind in kinds]
        words = _gather(texts, fields, passage.text)
        syllables += words if passage.kind in PROSE else 0
    for field, found in texts.items():
        document.add_text(field, _BETWEEN.join(found))
    document.add_unsigned("syllables", syllables)
    return document


def _gather(texts: dict[str, list[str]], fields: list[str], text: str) -> int:
    """Add a text to those of the fields in both forms, and return how many words it has."""
    exact, folded = both_forms(text)
    both = (("exact", " ".join(exact)), ("folded", " ".join(folded)))
    for field in fields:
        for form, words in both:
            texts.setdefault(f"{field}_{form}", []).append(words)
    return len(exact)


def key(text: str, form: str) -> str:
    """The words of a text in a form ("exact" or "folded"), a space between them: what is compared."""
    return " ".join(keys(text, form))


def keys(text: str, form: str) -> list[str]:
    """The words of a text in a form ("exact" or "folded")."""
    exact, folded = both_forms(composed(text))
    return exact if form == "exact" else folded
