"""Reads the word lists, and draws sentences from them."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from importlib.resources import files
from random import Random

Lists = Mapping[str, tuple[str, ...]]

CHOICE = re.compile(r"\[([^\[\]]*)\]")
SLOT = re.compile(r"\{(\*?)(d?)(?:(\d+)-(\d+)|([^\W\d][\w-]*))\}")
SENTENCE_START = re.compile(r"(^|[.!?]\s+)(“?)(\w)")


@functools.cache
def read_lists(name: str) -> dict[str, dict[str, tuple[str, ...]]]:
    """The lists of words/<name>.txt by topic; those before the first topic stand under the empty name."""
    topics: dict[str, dict[str, list[str]]] = {"": {}}
    lists = topics[""]
    lines: list[str] = []
    for line in files("crawler.newsroom").joinpath("words", f"{name}.txt").read_text("utf-8").splitlines():
        line = line.strip()
        if line.startswith("== "):
            lists = topics.setdefault(line[3:], {})
        elif line.startswith("@"):
            lines = lists.setdefault(line[1:], [])
        elif line and not line.startswith("#"):
            lines.append(line)
    return {topic: {key: tuple(found) for key, found in lists.items()} for topic, lists in topics.items()}


class Draw:
    """Fills the slots of a template. {name} is drawn once and kept, {*name} is drawn anew each time, without coming
    back to an entry before the list is through: no office has two holders in one article.

    Raises:
        KeyError: a template names a list that there is not.
    """

    def __init__(self, chance: Random, lists: Lists, kept: dict[str, str]) -> None:
        self.chance = chance
        self.lists = lists
        self.kept = dict(kept)
        self._bags: dict[str, list[str]] = {}

    def fill(self, template: str) -> str:
        """The template with every choice taken and every slot filled, as a fragment."""
        while CHOICE.search(template):
            template = CHOICE.sub(lambda found: self.chance.choice(found[1].split("|")), template)
        return SLOT.sub(self._slot, template)

    def sentence(self, template: str) -> str:
        """The filled template with a capital at the start of each sentence and a full stop at the end."""
        text = SENTENCE_START.sub(lambda found: found[1] + found[2] + found[3].upper(), self.fill(template))
        return text if text[-1] in ".!?”" and not text.endswith("”") else text + "."

    def title(self, template: str) -> str:
        """A headline made from a template."""
        text = self.fill(template)
        return text[0].upper() + text[1:] if text[0] != "“" else text[0] + text[1].upper() + text[2:]

    def one(self, name: str) -> str:
        """One of the entries of a list, filled."""
        if not self._bags.get(name):
            self._bags[name] = self.chance.sample(self.lists[name], len(self.lists[name]))
        return self.fill(self._bags[name].pop())

    def _slot(self, found: re.Match[str]) -> str:
        fresh, decimal, low, high, name = found.groups()
        if low is not None:
            return self._number(int(low), int(high), bool(decimal))
        name = (decimal + name).lower()
        if fresh:
            return self.one(name)
        if name not in self.kept:
            self.kept[name] = self.one(name)
        return self.kept[name]

    def _number(self, low: int, high: int, decimal: bool) -> str:
        number = self.chance.randint(low, high)
        if number >= 1000:
            number -= number % 10
        whole = f"{number:,}".replace(",", ".")
        return f"{whole},{self.chance.randint(1, 9)}" if decimal else whole
