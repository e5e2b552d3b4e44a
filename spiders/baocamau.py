"""Báo Cà Mau, known by title and body."""

from crawler.declaration.layout import Layout
from spiders.families.a_id import AIdFamily


class BaoCaMau(AIdFamily):
    """Its slugs are made from decomposed titles (lie-n-ke-t): only the id tells articles apart."""

    name = "baocamau"
    title = "Báo Cà Mau"
    provinces_before = ("Cà Mau", "Bạc Liêu")
    province = "Cà Mau"
    hosts = ("baocamau.vn",)
    former_hosts = ()
    layouts = (Layout(title="h1", body="div.post-content"),)
