"""The pages that links of mails lead to: without a script, by keyboard, for screen readers, at every width, in
light and dark."""

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

import npm
from client import PASSWORD
from mails import link_of, unsubscribe_token, wait_for_mails

NEW_PASSWORD = "Better-Battery-8"
WIDE, NARROW = (1280, 900), (390, 800)


@pytest.fixture(scope="session")
def axe():
    return (npm.install() / "node_modules/axe-core/axe.min.js").read_text()


@pytest.fixture
def look(page, axe):
    """look(width, height, scheme): shows the page so, and finds what is wrong with it."""
    driver = page.driver

    def show(size, scheme):
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
            "width": size[0], "height": size[1], "deviceScaleFactor": 1, "mobile": False})
        driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {
            "features": [{"name": "prefers-color-scheme", "value": scheme}]})
        assert driver.execute_script("return document.documentElement.scrollWidth <= innerWidth")
        driver.execute_script(axe)
        found = driver.execute_async_script("axe.run().then(arguments[arguments.length - 1])")
        assert found["passes"]
        return [(one["id"], [node["html"] for node in one["nodes"]]) for one in found["violations"]]

    yield show
    driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


def press(page, *keys):
    for key in keys:
        ActionChains(page.driver).send_keys(key).perform()


def focused(page):
    return page.driver.switch_to.active_element


def check_quiet(page):
    """Nothing was refused by the page's policy, and nobody else was asked."""
    said, asked = page.drain()
    # No fault of the page: a form that is answered with what is wrong with it, and advice about names of users, whom
    # the page does not know.
    assert [line for line in said if "status of 400" not in line and "[DOM]" not in line] == []
    assert all(url.startswith(page.origin + "/") for url in asked)


@pytest.fixture
def links(user):
    """The link of each page, for somebody who has got the mails."""
    stack = user.stack
    verify = link_of(wait_for_mails(stack, user.email, "verify_email")[0])
    unsubscribe = f"{stack.url}/account/unsubscribe?token={unsubscribe_token(user)}"
    assert user.post("/auth/reset-password/request", json={"email": user.email}).status_code == 200
    reset = link_of(wait_for_mails(stack, user.email, "reset_password")[0])
    new = f"new-{user.email}"
    assert user.patch("/users/me", json={"email": new, "current_password": PASSWORD}).status_code == 200
    email = link_of(wait_for_mails(stack, new)[0])
    return {name: "/account/" + link.split("/account/")[1] for name, link in {
        "verify": verify, "unsubscribe": unsubscribe, "reset": reset, "email": email}.items()}


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_is_for_everybody(page, look, links, tmp_path, size, scheme):
    """axe-core finds no fault, before the button was pressed and after."""
    for name, link in links.items():
        page.open(link)
        assert look(size, scheme) == [], name
        page.driver.save_screenshot(str(tmp_path / f"{name}.png"))
    page.open(links["reset"])
    page.find("#new_password").send_keys("short")
    page.find("#repeat").send_keys("other", Keys.ENTER)
    page.find(".wrong")
    assert look(size, scheme) == []
    page.driver.save_screenshot(str(tmp_path / "wrong.png"))
    page.open("/account/verify?token=nonsense")
    page.find("button").click()
    page.wait.until(lambda driver: "does not work" in driver.title)
    assert look(size, scheme) == []
    page.driver.save_screenshot(str(tmp_path / "refused.png"))
    page.open(links["unsubscribe"])
    page.find("button").click()
    page.wait.until(lambda driver: not driver.find_elements("css selector", "button"))
    assert look(size, scheme) == []
    page.driver.save_screenshot(str(tmp_path / "done.png"))
    check_quiet(page)


@pytest.mark.parametrize("name, says", [
    ("unsubscribe", "You get no more mails about tasks"), ("email", "Your account has its new address")])
def test_a_button_by_keyboard(page, user, links, name, says):
    """Opening the page changes nothing; Tab and Enter do what it says."""
    before = user.get("/users/me").json(), user.get("/users/me/preferences").json()
    page.open(links[name])
    assert (user.get("/users/me").json(), user.get("/users/me/preferences").json()) == before
    press(page, Keys.TAB)
    assert focused(page).tag_name == "button"
    press(page, Keys.ENTER)
    page.wait.until(lambda driver: says in driver.title)
    assert (user.get("/users/me").json(), user.get("/users/me/preferences").json()) != before
    check_quiet(page)


def test_a_password_by_keyboard(page, user, client, links):
    page.open(links["reset"])
    while focused(page).get_attribute("name") != "new_password":
        press(page, Keys.TAB)
    press(page, NEW_PASSWORD, Keys.TAB, NEW_PASSWORD, Keys.ENTER)
    page.wait.until(lambda driver: "Your password is set" in driver.title)
    client.log_in(user.email, NEW_PASSWORD)
    check_quiet(page)
