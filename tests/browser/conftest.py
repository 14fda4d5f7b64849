"""A headless Chromium that trusts the stack's certificate, and no other, and reaches no other host; and a
folder for programs of front-end developers."""

import base64
import hashlib
import json
import shutil
import subprocess

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support import expected_conditions
from selenium.webdriver.support.ui import WebDriverWait

import npm
from shell import ROOT

FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-dev-shm-usage", "--no-proxy-server", "--window-size=1400,1600",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE localhost",
)
WAIT_S = 20


@pytest.fixture(scope="session")
def workshop(tmp_path_factory):
    """A folder with the sources beside the packages."""
    folder = tmp_path_factory.mktemp("client")
    shutil.copytree(ROOT / "tests/browser/client", folder, dirs_exist_ok=True)
    (folder / "node_modules").symlink_to(npm.install() / "node_modules")
    (folder / "package.json").write_text('{"type": "module"}')
    return folder


@pytest.fixture(scope="session")
def driver(stack, tmp_path_factory):
    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('chromium')}",
                 f"--ignore-certificate-errors-spki-list={key_hash(stack.certificate)}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(service=Service("/usr/bin/chromedriver"), options=options)
    yield driver
    driver.quit()


def key_hash(certificate):
    """What the option wants: SHA-256 of the public key (SubjectPublicKeyInfo), in base64."""
    pem = subprocess.run(["openssl", "x509", "-in", certificate, "-noout", "-pubkey"],
                         check=True, capture_output=True).stdout
    der = subprocess.run(["openssl", "pkey", "-pubin", "-outform", "DER"],
                         input=pem, check=True, capture_output=True).stdout
    return base64.b64encode(hashlib.sha256(der).digest()).decode()


@pytest.fixture
def page(driver, stack, tmp_path):
    page = Page(driver, stack)
    yield page
    driver.save_screenshot(str(tmp_path / "page.png"))
    driver.get("about:blank")


class Page:
    def __init__(self, driver, stack):
        self.driver = driver
        self.origin = f"https://localhost:{stack.port}"
        self.wait = WebDriverWait(driver, WAIT_S)
        self.drain()

    def open(self, path):
        self.driver.get(self.origin + path)

    def find(self, selector):
        """The element, as soon as it can be seen."""
        return self.wait.until(
            expected_conditions.visibility_of_element_located((By.CSS_SELECTOR, selector)), selector)

    def count(self, selector):
        return len(self.driver.find_elements(By.CSS_SELECTOR, selector))

    def click(self, selector):
        """As a script does: what lies above the element is in nobody's way."""
        self.driver.execute_script("arguments[0].click()", self.find(selector))

    def drain(self):
        """What the console said, and which addresses were asked, since the last call. What begins with
        chrome is the browser's own first page."""
        said = [entry["message"] for entry in self.driver.get_log("browser")]
        events = [json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance")]
        asked = [event["params"]["request"]["url"] for event in events
                 if event["method"] == "Network.requestWillBeSent"]
        return said, [url for url in asked if not url.startswith(("chrome:", "chrome-"))]
