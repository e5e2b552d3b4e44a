"""A real browser, which cannot leave this machine."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

if TYPE_CHECKING:
    from playwright import sync_api


@pytest.fixture(scope="module")
def browser() -> Iterator[sync_api.Browser]:
    from support.browsing import ARGUMENTS, CHROMIUM, TIMEOUT, sync_api

    with sync_api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS, timeout=TIMEOUT)
        yield opened
        opened.close()


@pytest.fixture
def page(browser: sync_api.Browser, request: pytest.FixtureRequest) -> Iterator[sync_api.Page]:
    from support.browsing import TIMEOUT

    width = getattr(request, "param", 1280)
    context = browser.new_context(viewport={"width": width, "height": 800}, locale="vi-VN")
    context.set_default_timeout(TIMEOUT)
    opened = context.new_page()
    # Whatever would leave this machine is refused and told
    left: list[str] = []

    def refuse(route: sync_api.Route) -> None:
        left.append(route.request.url)
        route.abort()

    context.route(lambda url: urlsplit(url).hostname not in {"127.0.0.1", None}, refuse)
    yield opened
    context.close()
    assert left == []
