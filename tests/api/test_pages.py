"""The page at / and the guides, as files that the web server has."""

import html.parser
import re

import pytest
import requests

from contract import check_error, check_headers
from shell import ROOT

GUIDES = sorted(path.stem for path in (ROOT / "docs").glob("*.md"))


class Reader(html.parser.HTMLParser):
    """What of a page leads elsewhere, and where one can be led in it."""

    def __init__(self, text):
        super().__init__()
        self.links, self.ids, self.tags = [], set(), set()
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.tags.add(tag)
        self.ids.add(attributes.get("id"))
        self.links += [attributes[name] for name in ("href", "src") if name in attributes]


@pytest.fixture(scope="module")
def visit(stack):
    """The answer to GET, and the page that it has."""
    def visit(path):
        answer = requests.get(stack.url + path, verify=stack.certificate, timeout=10, allow_redirects=False)
        return answer, Reader(answer.text)

    return visit


@pytest.mark.parametrize("path", ["/", "/?x=1", "/guides", "/guides/", *(f"/guides/{name}" for name in GUIDES),
                                  "/guides/tokens/"])
def test_pages_are_plain_html(visit, path):
    answer, page = visit(path)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/html"
    policy = answer.headers["Content-Security-Policy"].split("; ")
    assert {"default-src 'none'", "style-src 'self'", "frame-ancestors 'none'"} <= set(policy)
    assert "script" not in " ".join(policy)
    assert page.tags.isdisjoint({"script", "style", "form", "iframe", "object"})
    for name, value in [("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "no-referrer"),
                        ("Cache-Control", "no-cache"), ("Strict-Transport-Security", "max-age=63072000")]:
        assert answer.headers[name] == value
    assert answer.headers["X-Request-Id"]


def test_every_link_leads_somewhere(visit):
    """From / one comes to all guides, both references and the document, and to no address without anything."""
    pages, left = {}, ["/"]
    while left:
        address = left.pop().split("#")[0]
        if address in pages:
            continue
        answer, pages[address] = visit(address)
        assert answer.status_code == 200, address
        if address == "/" or address.startswith("/guides"):
            left += [link for link in pages[address].links if link.startswith("/")]
    for address, page in pages.items():
        for link in page.links if address == "/" or address.startswith("/guides") else []:
            assert re.match(r"/|#|https?:|data:,", link), (address, link)
            path, _, anchor = link.partition("#")
            if anchor and not path.startswith("http"):
                assert anchor in pages[path or address].ids, (address, link)
    assert {"/docs", "/redoc", "/api/v1/openapi.json", *(f"/guides/{name}" for name in GUIDES)} <= set(pages)


def test_a_guide_is_whole(visit):
    """Its headings, tables and examples are there."""
    text = (ROOT / "docs/api-guide.md").read_text()
    answer, page = visit("/guides/api-guide")
    assert {"table", "pre", "code", "h1", "h2", "a"} <= page.tags
    assert answer.text.count("<pre>") == text.count("\n```") // 2
    assert answer.text.count("<h2 ") == len(re.findall(r"^## ", text, re.MULTILINE))
    assert "```" not in answer.text and "| --- |" not in answer.text


@pytest.mark.parametrize("path", ["/", "/guides/tokens", "/docs"])
def test_pages_are_only_read(client, path):
    answer = client.send("POST", path, json={})
    check_headers(answer)
    check_error(answer)
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD")
    assert client.send("HEAD", path).status_code in (200, 301)


@pytest.mark.parametrize("path", ["/guides/nothing", "/guidesx", "/guides/tokens/x", "/guides/index.md", "/index.html"])
def test_what_is_no_page(client, path):
    answer = client.send("GET", path)
    check_headers(answer)
    check_error(answer)
    assert answer.status_code == 404
