"""Selectors for the fields that nobody has seen of a family: where such sites commonly keep them; proves nothing."""

TIME = (
    "meta[property='article:published_time'], meta[itemprop=datePublished], time[datetime], "
    "[class*=date], [class*=time], [class*=ngay]"
)
TITLE = "h1"
