"""Báo Hưng Yên, of the #content-detail family."""

import attrs

from spiders.families.content_detail import ContentDetailFamily


class BaoHungYen(ContentDetailFamily):
    """The one paper of the family whose byline is known."""

    name = "baohungyen"
    title = "Báo Hưng Yên"
    provinces_before = ("Hưng Yên", "Thái Bình")
    province = "Hưng Yên"
    hosts = ("baohungyen.vn",)
    former_hosts = ()
    layouts = (attrs.evolve(ContentDetailFamily.layouts[0], byline="div.pseudonym"),)
