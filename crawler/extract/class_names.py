"""What an element's class and id say about it: discussion, advertising, sharing and the like."""

from __future__ import annotations

import enum
import functools
import re


class Kind(enum.Enum):
    """What the class or id of an element says about it."""

    DISCUSSION = "discussion"
    """Comments, polls, forums: never body."""
    UNSEEN = "unseen"
    """Not shown to readers, even a paragraph or a heading."""
    SURELY = "surely"
    """Boilerplate, unless it holds a great part of the page's paragraphs."""
    WRITER = "writer"
    """As SURELY; the picture in it is the writer's."""
    ADVERT = "advertising"
    """As SURELY; but its names are so short that others bear them by chance."""
    PERHAPS = "perhaps"
    """Bodies bear such names as well: what holds but two long paragraphs is no boilerplate."""


# "has comments" and "comments open" name what stands beside comments
_DISCUSSION = r"""
    (?<!\bhas\ )(?<!\bno\ )(?<!\bwith\ )(?<!\ballow\ )(?<!\benable\ )
    (?:comments?|commentlist|commentform|cmts?|disqus\w*|binhluan|binh\ luan|ykien|y\ kien|thaoluan|thao\ luan
    |phanhoi|phan\ hoi|diendan|dien\ dan|forums?|discussions?|respond|replies|postings|kommentare?|commentaires?
    |comentarios?|reacties
    |polls?|thamdo|tham\ do|binhchon|binh\ chon|khaosat|khao\ sat)
    (?!\ (?:open|closed|enabled|disabled|on|off|count|number|link|icon|button|btn)\b)"""
_UNSEEN = r"print\ only|printonly|sr\ only|visually\ hidden|screen\ reader\ \w+|noprint"
_SURELY = r"""
    newsletter\w*|signup|sign\ up|donat\w*|membership|cookie\w*|consent|gdpr|modal|popup|overlay|tooltip|toast
    |footer\w*|outbrain\w*|taboola\w*|dianomi
    |(?:info|fact|fakten|fakta)\ ?box|ai\ (?:article\ )?summary
    |(?:post|article|story|news|product|teaser)\ card|most\ (?:read|popular|viewed)|popular|trending|doc\ nhieu|ticker
    |login|copyright|disclaimer
    |hidden(?!\ (?:xs|sm|md|lg|xl|print|phone|tablet|mobile|desktop)\b)"""
_WRITER = r"""
    author\ (?:bio|box|info|card|profile)|about\ the\ author|tac\ gia\ (?:box|info|card)
    |(?:box|info|thong\ tin)\ tac\ gia"""
# The last is what WordPress's Ad Inserter puts into texts: class="code-block code-block-2"
_ADVERT = r"ads?|advert\w*|adslot\w*|adsbygoogle|sponsor\w*|quangcao|quang\ cao|qc|code\ block\ code\ block$"
_PERHAPS = r"""
    related\w*|recommend\w*|recirc\w*|tinlienquan|tin\ lien\ quan|lienquan|lien\ quan|cungchuyenmuc|xemthem|xem\ them
    |doc\ them
    |more\ (?:from|on|stories|news|articles)|read\ (?:more|next|also)|also\ read|see\ also|you\ may|up\ next
    |next\ article
    |share\w*|sharing|social\w*|addthis\w*|sharethis|chiase|chia\ se|follow\w*|subscri\w*|paywall\w*|promo\w*
    |breadcrumbs?|sidebar|side\ bar|rightrail|right\ rail|navbar|navigation|nav|menu\w*|pagination|pager|toolbar
    |masthead
    |tags?|taglist|tag\ list|block\ tag|keywords|topics|labels|bio|teasers?|teaserlist|widget\w*|similar\w*
    |rating|vote|corrections?|jump\ to|skip\ link\w*|audio\ player|player"""
_NAMED = {
    kind: re.compile(rf"(?:^|\ )(?:{words})(?:\ |$)", re.VERBOSE)
    for kind, words in (
        (Kind.DISCUSSION, _DISCUSSION), (Kind.UNSEEN, _UNSEEN), (Kind.SURELY, _SURELY), (Kind.WRITER, _WRITER),
        (Kind.ADVERT, _ADVERT), (Kind.PERHAPS, _PERHAPS),
    )
}  # fmt: skip
# Identifiers that programs draw: UUIDs, and runs of hexadecimal digits.
_DRAWN = re.compile(
    r"(?i)[0-9a-f]{8}(?:[-_][0-9a-f]{4}){3}[-_][0-9a-f]{12}|(?<![a-z0-9])(?=\d*[a-f])(?=[a-f]*\d)[0-9a-f]{6,}(?![a-z0-9])"
)
_CHUNK = re.compile(r"[A-Za-z0-9]+")
_SIZED = re.compile(r"([A-Za-z]*)\d+x\d+", re.IGNORECASE)
_LETTERS_AND_NUMBER = re.compile(r"([A-Za-z]+?)\d{0,12}")
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_SHORT = 3


@functools.lru_cache(maxsize=8192)
def kind_of_name(named: str) -> Kind | None:
    """What a class and id say: "article-comments" is a discussion, "has-sidebar" perhaps boilerplate."""
    return _kind_of_words(words_of_names(named))


@functools.lru_cache(maxsize=8192)
def _kind_of_words(words: str) -> Kind | None:
    return next((kind for kind, pattern in _NAMED.items() if pattern.search(words)), None) if words else None


def words_of_names(named: str) -> str:
    """The words of a class or id in lower case; what was drawn at random is left out."""
    return " ".join(filter(None, map(_words, named.split())))


# by single names: a page combines few of them in many ways, and numbers its ids
@functools.lru_cache(maxsize=8192)
def _words(name: str) -> str:
    """The words of a name, in lower case; none of a random identifier.

    In such a name a word of two or three letters turns up by chance: "ad6ed79d-1fad-4a1c", "x9Kd_ad-Q2z", "qAdZk".
    """
    plain = _DRAWN.sub(" ", name)
    words: list[str] = []
    is_drawn = plain != name
    for chunk in _CHUNK.findall(plain):
        if chunk.isdigit():
            continue
        found = _SIZED.fullmatch(chunk) or _LETTERS_AND_NUMBER.fullmatch(chunk)
        if found is None:
            is_drawn = True
        else:
            words.extend(part.lower() for part in _WORD.findall(found[1]))
    if len(words) > 2 and sum(len(word) < _SHORT for word in words) * 2 >= len(words):
        is_drawn = True
    # what stands beside random letters is a word where it is too long to be one by chance
    return " ".join(word for word in words if len(word) > _SHORT) if is_drawn else " ".join(words)
