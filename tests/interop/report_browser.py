"""Opens reports in Chromium as people do: from disk, wide and narrow, light and dark, and on paper.
usage: report_browser.py FOLDER PAGE... ; pictures of each page go into the folder
Fails on what the console says, on a request for anything but the page, on a page that is no XML, wider than the screen
or names something from elsewhere; and when Chromium would not have told: the last page is one that asks for more."""
import base64
import json
import os
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree

VIEWS = [("wide", 1280, "light"), ("wide-dark", 1280, "dark"), ("narrow", 400, "light"), ("narrow-dark", 400, "dark")]
TELLS = {"Log.entryAdded", "Runtime.consoleAPICalled", "Runtime.exceptionThrown"}


class Browser:
    """Chromium behind a pipe that speaks its DevTools protocol: JSON, each message ending with a zero byte."""

    def __init__(self, folder):
        to_it, self.commands = os.pipe()
        self.answers, from_it = os.pipe()
        options = ["--headless=new", "--remote-debugging-pipe", "--no-first-run", "--disable-gpu", "--hide-scrollbars",
                   "--disable-dev-shm-usage", "--disable-background-networking", f"--user-data-dir={folder}"]
        if os.geteuid() == 0:
            options.append("--no-sandbox")  # it has none for root; the page is our own
        # The browser reads from descriptor 3 and writes to 4.
        self.process = subprocess.Popen(
            ["bash", "-c", f'exec 10<&{to_it} 11>&{from_it} 3<&10 4>&11; exec chromium "$@"', "chromium", *options,
             "about:blank"],
            pass_fds=(to_it, from_it), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_it)
        os.close(from_it)
        self.rest, self.number, self.session, self.events = b"", 0, None, []

    def message(self):
        while b"\0" not in self.rest:
            piece = os.read(self.answers, 1 << 20)
            if not piece:
                sys.exit("FAILED: Chromium ended")
            self.rest += piece
        text, self.rest = self.rest.split(b"\0", 1)
        return json.loads(text)

    def call(self, method, **parameters):
        self.number += 1
        request = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            request["sessionId"] = self.session
        os.write(self.commands, json.dumps(request).encode() + b"\0")
        while True:
            message = self.message()
            if message.get("id") == self.number:
                if "error" in message:
                    sys.exit(f"FAILED: {method}: {message['error']}")
                return message["result"]
            self.events.append(message)

    def wait_for(self, event):
        while not any(message.get("method") == event for message in self.events):
            self.events.append(self.message())

    def attach(self):
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Network", "Log", "Runtime"):
            self.call(f"{domain}.enable")

    def show(self, url, width, scheme):
        self.events = []
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        self.call("Page.navigate", url=url)
        self.wait_for("Page.loadEventFired")

    def evaluate(self, expression):
        return self.call("Runtime.evaluate", expression=expression, returnByValue=True)["result"]["value"]

    def complaints(self, url):
        self.evaluate("1")  # what was said before is here now
        found = [json.dumps(message["params"]) for message in self.events if message.get("method") in TELLS]
        for message in self.events:
            if message.get("method") == "Network.requestWillBeSent":
                asked = message["params"]["request"]["url"]
                if asked.split("#")[0] != url:
                    found.append(f"asks for {asked}")
        return found

    def end(self):
        self.session = None
        self.call("Browser.close")
        self.process.wait(30)


def require_sound_text(path):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    root = ElementTree.fromstring(text)
    names = {element.tag.split("}")[-1] for element in root.iter()}
    for name in ("script", "link", "img", "iframe", "object", "form"):
        if name in names:
            sys.exit(f"FAILED: {path} has an element {name}")
    for element in root.iter():
        for name, value in element.attrib.items():
            if name in ("href", "src") and not value.startswith("#") or name.startswith("on"):
                sys.exit(f"FAILED: {path} has {name}={value}")
    if re.search(r"url\(|@import", text):
        sys.exit(f"FAILED: the style of {path} names a file")


def write(folder, name, encoded):
    content = base64.b64decode(encoded)
    with open(os.path.join(folder, name), "wb") as file:
        file.write(content)
    return content


def look_at(browser, folder, path):
    url, name = "file://" + path, os.path.splitext(os.path.basename(path))[0]
    papers = set()
    for view, width, scheme in VIEWS:
        browser.show(url, width, scheme)
        size = browser.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
        if size[0] > width:
            sys.exit(f"FAILED: {path} is {size[0]} wide on a screen of {width}")
        if browser.evaluate("document.querySelectorAll('section').length") != 8:
            sys.exit(f"FAILED: {path} has not all of its parts")
        cut = browser.evaluate("[...document.querySelectorAll('.wide')].filter(e => e.scrollWidth > e.clientWidth)"
                               ".map(e => e.closest('section').id).join(' ')")
        if cut:
            sys.exit(f"FAILED: {path}: on a screen of {width} these have to be scrolled: {cut}")
        papers.add((scheme, browser.evaluate("getComputedStyle(document.documentElement).backgroundColor")))
        clip = {"x": 0, "y": 0, "width": width, "height": min(size[1], 6000), "scale": 1}
        picture = browser.call("Page.captureScreenshot", captureBeyondViewport=True, clip=clip)["data"]
        if not write(folder, f"{name}-{view}.png", picture).startswith(b"\x89PNG"):
            sys.exit(f"FAILED: no picture of {path}")
        complaints = browser.complaints(url)
        if complaints:
            sys.exit(f"FAILED: {path}: {complaints}")
    if len({paper for _, paper in papers}) != 2:
        sys.exit(f"FAILED: {path} is not light and dark: {papers}")
    paper = browser.call("Page.printToPDF", printBackground=False)["data"]
    if not write(folder, f"{name}.pdf", paper).startswith(b"%PDF"):
        sys.exit(f"FAILED: {path} does not print")


def require_refusals(browser, folder, path):
    """The same page with what no report has: its own policy stops that, and this test hears of it."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    bad = os.path.join(folder, "bad.html")
    with open(bad, "w", encoding="utf-8") as file:
        file.write(text.replace("</body>", '<script>document.title = "ran"</script><img src="none.png"/></body>'))
    browser.show("file://" + bad, 1280, "light")
    complaints = browser.complaints("file://" + bad)
    if len([each for each in complaints if "Content Security Policy" in each]) < 2:
        sys.exit(f"FAILED: a script and an image were let through, or nobody said so: {complaints}")
    if browser.evaluate("document.title") == "ran":
        sys.exit("FAILED: a script ran")


def main():
    folder, *pages = map(os.path.abspath, sys.argv[1:])
    for page in pages:
        require_sound_text(page)
    with tempfile.TemporaryDirectory() as profile:
        browser = Browser(profile)
        browser.attach()
        for page in pages:
            look_at(browser, folder, page)
        require_refusals(browser, folder, pages[0])
        browser.end()
    print(f"{len(pages)} pages, {len(VIEWS)} views each and on paper")


main()
