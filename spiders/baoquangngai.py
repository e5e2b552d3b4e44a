"""Báo Quảng Ngãi, whose bodies stand in a script."""

from crawler.declaration.layout import Layout
from spiders.families.month import MonthFamily


class BaoQuangNgai(MonthFamily):
    """The body's container is empty in the page: a script fills it. Its addresses had another form in 2023."""

    name = "baoquangngai"
    title = "Báo Quảng Ngãi"
    provinces_before = ("Quảng Ngãi", "Kon Tum")
    province = "Quảng Ngãi"
    hosts = ("baoquangngai.vn",)
    former_hosts = ()
    article_pattern = r"-(?P<id>\d+)\.htm$"
    former_article_patterns = (r"/\d{6}/[^/]+-(?P<former_id>[0-9a-f]{7})/?$",)
    layouts = (
        Layout(
            title="h1.title",
            body="#content",
            body_script=r"""outputData\s*=\s*"((?:[^"\\]|\\.)*)\"""",
            drop=(".same",),
        ),
        Layout(
            title="h1.title",
            body="#content",
            body_script=r"""\$\(['"]#content['"]\)\.html\(`((?:[^`\\]|\\.)*)`\)""",
            drop=(".same",),
        ),
    )
