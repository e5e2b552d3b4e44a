"""Báo Khánh Hòa."""

from spiders.families.unknown import UnknownFamily


class BaoKhanhHoa(UnknownFamily):
    """Nothing is known of its markup: its pages are read without rules."""

    name = "baokhanhhoa"
    title = "Báo Khánh Hòa"
    provinces_before = ("Khánh Hòa", "Ninh Thuận")
    province = "Khánh Hòa"
    hosts = ("baokhanhhoa.vn",)
    former_hosts = ("baokhanhhoa.com.vn",)
    unsure = ("former_hosts",)
