"""The pages in a real browser, under their strict content security policy and without the internet."""

import json
import re

import pytest
import requests

from shell import ROOT


@pytest.fixture(scope="session")
def operation_ids(stack):
    document = requests.get(stack.url + "/api/v1/openapi.json", verify=stack.certificate, timeout=10).json()
    return [operation["operationId"] for path in document["paths"].values() for operation in path.values()]


def check_quiet(page):
    """Nothing was refused, nothing failed, nobody else was asked."""
    said, asked = page.drain()
    assert said == []
    assert asked
    strangers = [url for url in asked if not url.startswith((page.origin + "/", f"blob:{page.origin}/", "data:", "about:"))]
    assert strangers == []


def test_docs_show_every_operation(page, operation_ids):
    page.open("/docs")
    page.find("#operations-system-getHealth")
    assert page.count(".opblock") == len(operation_ids)
    for name in operation_ids:
        assert page.count(f".opblock[id$='-{name}']") == 1, name
    assert page.count(".errors-wrapper") == 0
    check_quiet(page)


def test_redoc_shows_every_operation(page, operation_ids):
    page.open("/redoc")
    page.find("h1")
    for name in operation_ids:
        assert page.count(f"[id$='operation/{name}']") >= 1, name
    check_quiet(page)


def try_out(page, tag, name, expect):
    """Sends an operation as the page offers it and returns the answer's body."""
    block = f"#operations-{tag}-{name} "
    if page.count(block + ".opblock-body") == 0:
        page.click(block + ".opblock-summary-control")
    page.click(block + ".try-out__btn")
    page.click(block + ".execute")
    answer = block + ".live-responses-table tbody "
    status = page.find(answer + ".response-col_status").text
    assert status.split() == [str(expect)]
    return json.loads(page.find(answer + ".microlight").text)


def test_a_call_from_docs(page):
    page.open("/docs")
    assert try_out(page, "system", "getHealth", 200)["status"] == "ok"
    check_quiet(page)


def test_a_conversation_from_docs(page):
    """The examples of the document are good as they stand."""
    page.open("/docs")
    registered = try_out(page, "auth", "registerUser", 201)
    tokens = try_out(page, "auth", "login", 200)
    page.click(".btn.authorize")
    page.find(".modal-ux input").send_keys(tokens["access_token"])
    page.click(".modal-ux button.authorize")
    page.click(".modal-ux .btn-done")
    assert try_out(page, "users", "getProfile", 200) == registered
    task = try_out(page, "tasks", "createTask", 201)
    assert task["title"] == "Water the plants"
    assert try_out(page, "tasks", "listTasks", 200)["tasks"] == [task]
    check_quiet(page)


# The page at / and the guides

SITE = ["/", "/guides", *(f"/guides/{path.stem}" for path in sorted((ROOT / "docs").glob("*.md")))]


def emulate(page, scheme):
    page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia",
                                {"features": [{"name": "prefers-color-scheme", "value": scheme}]})


def luminance(colour):
    """Of a colour as the browser gives it: WCAG 2, relative luminance."""
    parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def colours(page, selector):
    """The luminance of an element's text and of what is behind it."""
    return [luminance(colour) for colour in page.driver.execute_script("""
        let ground = document.querySelector(arguments[0]);
        const text = getComputedStyle(ground).color;
        while (ground && getComputedStyle(ground).backgroundColor == "rgba(0, 0, 0, 0)") ground = ground.parentElement;
        return [text, getComputedStyle(ground || document.body).backgroundColor];""", selector)]


@pytest.mark.parametrize("path", SITE)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_can_be_read(page, path, scheme):
    """In either scheme: enough contrast for small text (WCAG 2, level AA)."""
    emulate(page, scheme)
    page.open(path)
    page.find("h1")
    for selector in ["body", "a", *(tag for tag in ("td", "th", "pre code", "p code") if page.count(tag))]:
        text, ground = colours(page, selector)
        assert (text > ground) == (scheme == "dark"), selector
        assert (max(text, ground) + 0.05) / (min(text, ground) + 0.05) >= 4.5, selector
    check_quiet(page)


@pytest.mark.parametrize("path", SITE)
def test_pages_fit_a_telephone(page, path):
    """Wide tables and examples scroll by themselves, the page does not."""
    page.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
                                {"width": 360, "height": 640, "deviceScaleFactor": 2, "mobile": True})
    try:
        page.open(path)
        page.find("h1")
        assert page.driver.execute_script("return document.scrollingElement.scrollWidth") <= 360
    finally:
        page.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_from_the_first_page_to_a_guide(page):
    page.open("/")
    page.click("main a[href='/guides/tokens']")
    assert page.find("h1").text == "Tokens and sessions"
    page.click("nav a[href='/']")
    assert page.find("h1").text == "Daybook"
    check_quiet(page)


def authorize(page, token):
    page.click(".btn.authorize")
    page.find(".modal-ux input").send_keys(token)
    page.click(".modal-ux button.authorize")
    page.click(".modal-ux .btn-done")


def test_docs_keep_the_token_over_a_reload(page):
    """But not for another tab, and not after logging out."""
    page.open("/docs")
    page.driver.execute_script("sessionStorage.clear()")  # of the tests before, in this tab
    page.driver.refresh()
    page.find("#operations-system-getHealth")
    authorize(page, "a-token")
    page.driver.refresh()
    page.find(".btn.authorize.locked")
    assert page.driver.execute_script("return localStorage.length") == 0
    page.click(".btn.authorize")
    page.click(".modal-ux .auth-btn-wrapper button.btn:not(.btn-done)")
    page.driver.refresh()
    page.find(".btn.authorize.unlocked")
    assert page.driver.execute_script("return sessionStorage.length") == 0
    check_quiet(page)


def test_docs_have_a_filter(page):
    page.open("/docs")
    page.find("#operations-system-getHealth")
    page.find(".operation-filter-input").send_keys("moods")
    page.wait.until(lambda driver: page.count("#operations-system-getHealth") == 0)
    assert page.count("#operations-moods-listMoods") == 1
    check_quiet(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_docs_have_both_schemes(page, scheme):
    emulate(page, scheme)
    page.open("/docs")
    page.find("#operations-system-getHealth")
    for selector in ["body"]:
        text, ground = colours(page, selector)
        assert (text > ground) == (scheme == "dark"), selector
    check_quiet(page)


def test_redoc_has_its_search(page):
    page.open("/redoc")
    page.find("h1")
    page.find("input[role='search'], .search-input, [role=search] input").send_keys("weekly")
    page.find("[role=menuitem]")
    check_quiet(page)


@pytest.mark.parametrize("path", ["/docs", "/redoc"])
def test_the_pages_of_the_contract_lead_to_the_guides(page, path):
    page.open(path)
    page.click(".pages a[href='/guides/']")
    assert page.find("h1").text
