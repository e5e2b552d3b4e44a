"""Báo Bắc Giang, of a former province; part of another newspaper since July 2025."""

from spiders.families.unknown import UnknownFamily


class BaoBacGiang(UnknownFamily):
    """Nothing is known of its markup: its pages are read without rules."""

    name = "baobacgiang"
    title = "Báo Bắc Giang"
    provinces_before = ("Bắc Giang",)
    province = "Bắc Ninh"
    merged_into = "baobacninhtv"
    hosts = ("baobacgiang.vn",)
    former_hosts = ("baobacgiang.com.vn",)
    article_pattern = r"-(?:postid)?(?P<id>\d+)\.bbg$"
    unsure = ("former_hosts", "article_pattern")
