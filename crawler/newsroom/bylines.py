"""Bylines as provincial newspapers print them, each with its authors and roles."""

from __future__ import annotations

from collections.abc import Callable

from crawler.newsroom.story import Byline
from crawler.newsroom.words import Draw


def _name(draw: Draw) -> str:
    """A pen name of two words, as under most articles."""
    while True:
        name = draw.fill(draw.chance.choice(("{*dem_nu} {*ten_nu}", "{*dem_nam} {*ten_nam}", "{*ho} {*ten_nu}")))
        first, second = name.split()
        if first not in ("A", "Thị", "Văn", second):
            return name


def _full_name(draw: Draw) -> str:
    return draw.fill(draw.chance.choice(("{*ho} {*dem_nu} {*ten_nu}", "{*ho} {*dem_nam} {*ten_nam}")))


def _initials(draw: Draw) -> str:
    initials = ".".join(word[0] for word in _name(draw).split())
    # P.V stands for phóng viên, a reporter without a name
    return "P.H" if initials == "P.V" else initials


def _texts(*names: str) -> tuple[tuple[str, str], ...]:
    return tuple((name, "text") for name in names)


def _plain(draw: Draw) -> Byline:
    name = draw.chance.choice((_name, _full_name))(draw)
    return Byline(name, (name,), _texts(name))


def _capitals(draw: Draw) -> Byline:
    name = draw.chance.choice((_name, _full_name))(draw)
    return Byline(name.upper(), (name,), _texts(name))


def _short(draw: Draw) -> Byline:
    name = _initials(draw)
    return Byline(name, (name,), _texts(name))


def _news_and_pictures(draw: Draw) -> Byline:
    name, printed = _initials(draw), ""
    if draw.chance.random() < 0.5:
        name = _full_name(draw)
        printed = name.upper() if draw.chance.random() < 0.6 else name
    lead = draw.chance.choice(("Tin, ảnh", "Bài, ảnh", "Bài và ảnh"))
    return Byline(f"{lead}: {printed or name}", (name,), ((name, "text"), (name, "photo")))


def _two(draw: Draw) -> Byline:
    first = _name(draw)
    second = next(name for name in iter(lambda: _name(draw), "") if name != first)
    between = draw.chance.choice((" - ", ", "))
    printed = first + between + second
    if draw.chance.random() < 0.5:
        printed = printed.upper()
    return Byline(printed, (first, second), _texts(first, second))


def _shared_work(draw: Draw) -> Byline:
    writer = _name(draw)
    photographer = next(name for name in iter(lambda: _name(draw), "") if name != writer)
    word = draw.chance.choice(("Bài", "Tin"))
    return Byline(f"{word}: {writer} - Ảnh: {photographer}", (writer,), ((writer, "text"), (photographer, "photo")))


def _after(draw: Draw) -> Byline:
    name = _name(draw)
    return Byline(f"Theo {name}", (name,), ((name, "collected"),))


def _gathered(draw: Draw) -> Byline:
    if draw.chance.random() < 0.3:
        return Byline("(tổng hợp)")
    name = _name(draw)
    return Byline(f"{name} (tổng hợp)", (name,), ((name, "collected"),))


def _agency(draw: Draw) -> Byline:
    return Byline(draw.chance.choice(("TTXVN", "Theo TTXVN", "(Theo TTXVN)")), source="TTXVN")


def _photographer(draw: Draw) -> Byline:
    name = _name(draw)
    return Byline(f"Ảnh: {name}", contributors=((name, "photo"),))


def _with_desk(draw: Draw) -> Byline:
    name = _name(draw)
    return Byline(f"{name}-BBL", (name,), _texts(name))


def _none(draw: Draw) -> Byline:
    return Byline()


KINDS: tuple[tuple[Callable[[Draw], Byline], int], ...] = (
    (_plain, 16),
    (_capitals, 18),
    (_short, 8),
    (_news_and_pictures, 22),
    (_two, 9),
    (_shared_work, 4),
    (_after, 4),
    (_gathered, 6),
    (_agency, 6),
    (_none, 6),
)


def draw_byline(draw: Draw, paper: str, essay: bool) -> Byline:
    """A byline for an article of that paper; under a photo essay only the photographer may be named."""
    if essay and draw.chance.random() < 0.6:
        return _photographer(draw)
    kinds = KINDS if paper != "baobaclieu" else (*KINDS, (_with_desk, 14))
    return draw.chance.choices([kind for kind, _ in kinds], [weight for _, weight in kinds])[0](draw)
