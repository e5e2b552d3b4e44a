"""What a page needs and links to, as absolute addresses."""

from __future__ import annotations

import re

from crawler.extract import boilerplate_pictures, css_requisites, links, open_page, requisites

URL = "https://baothu.test/thoi-su/"


def test_stylesheets_and_what_inline_styles_name() -> None:
    page = b"""<base href="/static/mau/"><link rel="stylesheet" href="css/a.css?id=1">
    <link href="//cdn.test/b.css" rel=" Stylesheet"><link rel=icon href=x.ico>
    <link rel=stylesheet href="data:text/css,x"><link rel=stylesheet>
    <style>@import "c.css"; /* url(no.png) */ body { background: url( 'nen.png' ) }</style>
    <link rel="preload" as="font" href="/f.woff2"><div style="background-image:url(&quot;/d.jpg&quot;)"></div>
    <link rel="stylesheet" href="css/a.css?id=1#again">"""
    assert requisites(open_page(page, URL, {})) == [
        "https://baothu.test/static/mau/css/a.css?id=1",
        "https://cdn.test/b.css",
        "https://baothu.test/static/mau/c.css",
        "https://baothu.test/static/mau/nen.png",
        "https://baothu.test/f.woff2",
        "https://baothu.test/d.jpg",
    ]


def test_a_stylesheet_names_imports_fonts_and_backgrounds() -> None:
    css = b"""@import url("in.css"); @import 'screen.css' screen;
    @font-face { src: url(../fonts/a.eot?#iefix) format("x"), url("../fonts/a.woff2") format("woff2") }
    .x { background: #fff url(data:image/png;base64,AA) } .y { background: url(#svg) } .z { background: url(/z.png) }
    /* url(never.png)"""
    assert css_requisites(css, "https://baothu.test/static/css/a.css") == [
        "https://baothu.test/static/css/in.css",
        "https://baothu.test/static/css/screen.css",
        "https://baothu.test/static/fonts/a.eot?",
        "https://baothu.test/static/fonts/a.woff2",
        "https://baothu.test/z.png",
    ]


def test_links_are_the_article_addresses_in_order_and_once() -> None:
    page = b"""<a href="/hai-a2.html">2</a><a href="https://baothu.test/mot-a1.html#y-kien">1</a>
    <a href="/hai-a2.html">x</a>
    <a href="/thoi-su?x=-a3.html">no</a><a href="javascript:a-a4.html">no</a><a href="http://[-a5.html">no</a><a>no</a>
    <a href="#-a6.html">no</a><a href="/-am-da-huong-que-a58.html ">58</a>"""
    assert links(open_page(page, URL, {}), re.compile(r"-a(?P<id>\d+)\.html$")) == [
        "https://baothu.test/hai-a2.html",
        "https://baothu.test/mot-a1.html",
        "https://baothu.test/-am-da-huong-que-a58.html",
    ]


def test_pictures_of_the_boilerplate_lead_to_no_article() -> None:
    page = b"""<a href="/"><img src="/logo.png"></a><a href="/tin-a1.html"><img src="/teaser.jpg"></a>
    <img data-src="/lazy.jpg"><img src=""><img src="//cdn.test/b.png"><img src="/logo.png#x">"""
    assert boilerplate_pictures(open_page(page, URL, {}), re.compile(r"-a\d+\.html$")) == [
        "https://baothu.test/logo.png",
        "https://cdn.test/b.png",
    ]
