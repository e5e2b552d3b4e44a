"""The output of `baotinh pictures`: a picture's files and printings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich.padding import Padding
from rich.text import Text

from archive.catalog import Catalog, Version
from archive.cli.local_times import local, zone_line
from archive.cli.terminal import Console, plural
from archive.pictures.following import Followed
from archive.pictures.history import PictureFile, PictureHistory, PicturePrinting, caption_of, printed_pictures
from archive.printable import json_text, say

_RELATIONS = {"whole": "the same as", "crop": "a crop of", "wider": "shows more than", "mirrored": "mirrored, of"}


def print_history(history: PictureHistory, *, as_json: bool) -> None:
    """Print a picture's files, and who printed it, the earliest first."""
    if as_json:
        for line in values_of(history):
            say(json_text(line))
        return
    console = Console()
    console.print(Text(f"Picture {history.name}", style="bold"))
    count = f"{plural(len(history.files), 'file')}; {plural(history.articles, 'article')}"
    console.print(f"{count} of {plural(len(history.newspapers), 'newspaper')}", soft_wrap=True)
    console.print(zone_line(), style="dim")
    console.print()
    for file in history.files:
        console.print(Text(_file(file)), soft_wrap=True)
        for address in file.addresses:
            console.print(Text(f"  {local(address.captured_at)}  {address.url}", style="dim"), soft_wrap=True)
    for one in history.printings:
        console.print()
        console.print(Text(f"{local(one.published_at)}  {one.newspaper}  {one.title}", style="cyan"))
        console.print(Padding.indent(Text(f"{one.article_id}  picture {one.number}, {one.file.name}", style="dim"), 2))
        console.print(Padding.indent(Text(_caption(one)), 2))
    if history.has_more:
        console.print("There are more printings than are shown.")


def values_of(history: PictureHistory) -> Iterator[dict[str, Any]]:
    """A line for each printing; of a picture that no article shows, one for each file."""
    for one in history.printings:
        yield {
            "picture": history.name, "file": one.file.name, "payload_digest": one.file.payload_digest,
            "width": one.file.width, "height": one.file.height, "url": one.url, "article": one.article_id,
            "version": one.version, "newspaper": one.newspaper, "title": one.title,
            "published_at": one.published_at.isoformat(), "number": one.number, "caption": one.caption or None,
            "credit": one.credit or None, "relation": one.file.relation, "of": one.file.of,
        }  # fmt: skip
    if not history.printings:
        for file in history.files:
            yield {
                "picture": history.name, "file": file.name, "payload_digest": file.payload_digest,
                "width": file.width, "height": file.height, "url": file.addresses[0].url, "relation": file.relation,
                "of": file.of,
            }  # fmt: skip


def print_pictures(catalog: Catalog, version: Version, *, as_json: bool) -> None:
    """Print the pictures of an article: each one's id, in how many articles it is, and its caption."""
    article = version.article()
    if not article.images and not as_json:
        say(f"{article.id} has no pictures.")
    known, console = printed_pictures(catalog, [version.seq]), Console()
    for number, image in enumerate(article.images, 1):
        found = known.get((version.seq, number))
        name, articles = (found.name, found.articles) if found else (None, 0)
        caption = caption_of(article, image)
        if as_json:
            line = {"number": number, "picture": name, "articles": articles, "url": image.url}
            say(json_text(line | {"caption": caption or None, "credit": image.credit}))
        else:
            known_as = f"{name}  in {plural(articles, 'article')}" if name else "not compared"
            console.print(f"{number}  {known_as}", soft_wrap=True)
            console.print(Padding.indent(Text(caption or "(without a caption)"), 4))


def followed_words(done: Followed) -> str:
    """What was done, in a sentence."""
    if not done.hashed:
        return "No new pictures."
    others = "".join(f", {count} {outcome}" for outcome, count in sorted(done.outcomes.items()) if outcome != "hashed")
    return f"{plural(done.hashed, 'picture')} compared, {done.same:,} of them the same as an earlier one{others}."


def _file(file: PictureFile) -> str:
    size = f"{file.width} × {file.height}" if file.width else "size unknown"
    same = f", {_RELATIONS[file.relation]} {file.of}" if file.relation else ""
    return f"{file.name}  {size}, {(file.mime or '').removeprefix('image/')}, {plural(file.octets, 'byte')}{same}"


def _caption(one: PicturePrinting) -> str:
    credit = f" Ảnh: {one.credit}" if one.credit else ""
    return (one.caption or "(without a caption)") + credit
