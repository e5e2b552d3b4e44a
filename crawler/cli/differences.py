"""The output of `baotinh reextract`: what today's rules would change in the articles of a collection."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import attrs
from rich.table import Table
from rich.text import Text

from archive.cli.terminal import Console, plural
from archive.printable import json_text, say
from archive.reasons import reason_words
from archive.zones import utc_text
from crawler.reextract.applying import Applied
from crawler.reextract.comparing import Compared, Difference, Outcome

_SAMPLES, _LONGEST = 3, 66


def print_lines(results: Iterable[Difference | Compared | Applied]) -> bool:
    """Print one line of JSON for each page that differs; whether some could not be read."""
    is_unreadable = False
    for one in results:
        if isinstance(one, Difference):
            is_unreadable = is_unreadable or one.outcome is Outcome.UNREADABLE
            say(json_text(_line(one)))
    return is_unreadable


def _line(one: Difference) -> dict[str, Any]:
    said = attrs.asdict(one, recurse=False)
    del said["line"]
    fields = {name: {"released": before, "today": today} for name, (before, today) in one.fields.items()}
    return said | {
        "outcome": one.outcome.value, "captured_at": utc_text(one.captured_at),
        "fields": fields, "missing": dict(one.missing),
    }  # fmt: skip


@attrs.define
class _Field:
    """How often a field differs: filled where nothing was, emptied, or otherwise; and the first ones of them."""

    changed: int = 0
    filled: int = 0
    emptied: int = 0
    samples: list[tuple[str, Any, Any]] = attrs.field(factory=list)

    def add(self, id: str, before: Any, today: Any) -> None:
        if before in (None, [], {}):
            self.filled += 1
        elif today in (None, [], {}):
            self.emptied += 1
        else:
            self.changed += 1
        if len(self.samples) < _SAMPLES:
            self.samples.append((id, before, today))


def print_summary(results: Iterable[Difference | Compared | Applied]) -> bool:
    """Print what would change or was entered, field by field with samples, and the counts.

    Whether some pages could not be read.
    """
    console, fields, applied = Console(), dict[str, _Field](), None
    outcomes, shown = Counter[Outcome](), dict[Outcome, list[Difference]]()
    pages = same = 0
    for one in results:
        if isinstance(one, Applied):
            applied = one
            continue
        if isinstance(one, Compared):
            pages, same = pages + one.pages, same + one.same
            continue
        outcomes[one.outcome] += 1
        if len(shown.setdefault(one.outcome, [])) < _SAMPLES:
            shown[one.outcome].append(one)
        if one.outcome is Outcome.CHANGED:
            for name, (before, today) in one.fields.items():
                fields.setdefault(name, _Field()).add(one.id or "", before, today)
    if fields:
        console.print(_table(fields))
        _print_samples(console, fields)
    for outcome in (Outcome.LOST, Outcome.GAINED, Outcome.UNREADABLE):
        _print_pages(console, outcome, outcomes[outcome], shown.get(outcome, ()))
    counts = ", ".join(f"{outcomes[outcome]:,} {words}" for outcome, words in _COUNTED.items() if outcomes[outcome])
    verdict = _verdict(applied, is_same=not outcomes)
    console.print(verdict, Text(f": {plural(pages, 'page')} read again, {same:,} as released"), sep="", end="")
    console.print(f"; {counts}." if counts else ".", soft_wrap=True)
    if applied is not None:
        _print_applied(console, applied)
    return bool(outcomes[Outcome.UNREADABLE])


def _verdict(applied: Applied | None, *, is_same: bool) -> Text:
    if applied is None:
        return Text("Nothing would change" if is_same else "Would change", style="green" if is_same else "yellow")
    return Text("Changed" if applied.runs else "Nothing changed", style="yellow" if applied.runs else "green")


def _print_applied(console: Console, applied: Applied) -> None:
    """Print what was entered, and that of other pages the versions stay."""
    counts = [
        (applied.readings, "reading"), (applied.new, "article from pages that gave none"),
        (applied.changed, "version from pages that gave none"),
    ]  # fmt: skip
    said = ", ".join(plural(count, name) for count, name in counts if count)
    if said:
        console.print(f"Entered: {said}. The versions stay as they are.", soft_wrap=True)
    for name in applied.runs:
        console.print(Text(f"  run {name}", style="dim"), soft_wrap=True)


_COUNTED = {
    Outcome.CHANGED: "with other fields",
    Outcome.LOST: "no article any more",
    Outcome.GAINED: "an article now",
    Outcome.UNREADABLE: "that cannot be read",
}


def _table(fields: Mapping[str, _Field]) -> Table:
    table = Table("field", show_edge=False)
    for heading in ("other value", "filled", "emptied"):
        table.add_column(heading, justify="right")
    for name, one in sorted(fields.items()):
        table.add_row(name, *(f"{count:,}" for count in (one.changed, one.filled, one.emptied)))
    return table


def _print_samples(console: Console, fields: Mapping[str, _Field]) -> None:
    for name, one in sorted(fields.items()):
        console.print()
        console.print(Text(name, style="bold"))
        for id, before, today in one.samples:
            before, today = _parted(before, today)
            console.print(Text(f"  {id}", style="dim"), soft_wrap=True)
            console.print(Text(f"    released  {before}", style="red"), soft_wrap=True)
            console.print(Text(f"    today     {today}", style="green"), soft_wrap=True)
    console.print()


def _parted(before: Any, today: Any) -> tuple[str, str]:
    """Two values as words of one line each, from shortly before the place where they part."""
    if isinstance(before, list) and isinstance(today, list):
        nth = next((n for n, (one, other) in enumerate(zip(before, today, strict=False)) if one != other), None)
        nth = min(len(before), len(today)) if nth is None else nth
        before, today = (one[nth] if nth < len(one) else None for one in (before, today))
    if isinstance(before, Mapping) and isinstance(today, Mapping):
        names = [name for name in {**before, **today} if before.get(name) != today.get(name)]
        before, today = ({name: one.get(name) for name in names} for one in (before, today))
    first, second = _words(before), _words(today)
    same = next((n for n, (one, other) in enumerate(zip(first, second, strict=False)) if one != other), 0)
    start = max(0, same - _LONGEST // 3) if max(len(first), len(second)) > _LONGEST else 0
    return _cut(first, start), _cut(second, start)


def _words(value: Any) -> str:
    if value in (None, [], {}):
        return "–"
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {_words(part)}" for name, part in value.items() if part is not None) or "–"
    return " ".join(value.split()) if isinstance(value, str) else json_text(value)


def _cut(text: str, start: int) -> str:
    text = f"…{text[start + 1 :]}" if start and start < len(text) else text
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _print_pages(console: Console, outcome: Outcome, count: int, pages: Iterable[Difference]) -> None:
    if not count:
        return
    console.print(Text(f"{count:,} {_COUNTED[outcome]}", style="bold"))
    for one in pages:
        console.print(Text(f"  {one.id or one.url}", style="dim"), soft_wrap=True)
        for field, why in one.missing.items():
            words = why if outcome is Outcome.UNREADABLE else f"{field}: {reason_words(why)}"
            console.print(f"    {words}", soft_wrap=True)
        if "title" in one.fields:
            console.print(f"    {_cut(_words(one.fields['title'][1]), 0)}", soft_wrap=True)
    console.print()
