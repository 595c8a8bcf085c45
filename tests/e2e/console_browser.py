"""Goes through the console as an operator does, and says what it saw: CHROMIUM ADDRESS KEY PICTURES. Run by the Python
that has playwright; prints a report in JSON."""

import json
import re
import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect, sync_playwright

SHADES = ("light", "dark")
PAGES = {"now": "Now", "decisions": "Decisions", "policies": "Policies", "engines": "Engines", "try": "Try it"}
TABS = 40
PATIENCE_MS = 30_000
"""Beyond which a page is broken, and not the machine busy."""

CONTRAST = """
() => {
  const numbers = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = ([red, green, blue]) => {
    const part = (value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4);
    return 0.2126 * part(red) + 0.7152 * part(green) + 0.0722 * part(blue);
  };
  const behind = (element) => {
    for (let each = element; each !== null; each = each.parentElement) {
      const [red, green, blue, alpha = 1] = numbers(getComputedStyle(each).backgroundColor);
      if (alpha === 1) return [red, green, blue];
    }
    return [255, 255, 255];
  };
  const faults = [];
  for (const element of document.querySelectorAll("body *")) {
    const says = [...element.childNodes].some((each) => each.nodeType === 3 && each.textContent.trim() !== "");
    if (!says || !element.checkVisibility() || element.closest("svg") !== null) continue;
    const shades = [light(numbers(getComputedStyle(element).color)), light(behind(element))];
    const ratio = (Math.max(...shades) + 0.05) / (Math.min(...shades) + 0.05);
    if (ratio < 4.5) faults.push(`${element.tagName}.${element.className} ${ratio.toFixed(2)}`);
  }
  return faults;
}
"""
FOCUS = """
() => {
  const at = document.activeElement, style = getComputedStyle(at);
  return [at.tagName, at.textContent.trim() || at.name || "", style.outlineStyle !== "none"];
}
"""


def log_in(page: Page, address: str, key: str) -> str:
    """With the keyboard alone. Where that leads."""
    page.goto(f"{address}/console/decisions")
    expect(page.get_by_label("Admin key")).to_be_focused()
    page.keyboard.type(key)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Decisions")).to_be_visible()
    return page.url


def look_at_pages(page: Page, address: str, pictures: Path) -> dict[str, list[str]]:
    """A picture of each page in both shades, and what is hard to read on it."""
    faults = {}
    for shade in SHADES:
        page.emulate_media(color_scheme=shade)  # type: ignore[arg-type]
        for name, heading in PAGES.items():
            page.goto(f"{address}/console/{name}")
            expect(page.get_by_role("heading", name=heading, exact=True)).to_be_visible()
            page.wait_for_timeout(500)
            page.screenshot(path=pictures / f"console-{name}-{shade}.png", full_page=True)
            faults[f"{name}, {shade}"] = page.evaluate(CONTRAST)
    page.emulate_media(color_scheme="light")
    return faults


def watch_now(page: Page, address: str) -> bool:
    """Whether numbers and lines renew themselves."""
    page.goto(f"{address}/console/now")
    expect(page.locator(".chart canvas")).to_have_count(3)
    tile = page.locator(".tile", has_text="in the last minute")
    before = tile.inner_text()
    expect(tile).not_to_have_text(re.compile(re.escape(before.split("\n")[-1])))
    expect(page.locator("[data-series]")).to_have_attribute("data-drawn", re.compile(r"^([3-9]|\d\d)"))
    return True


def search(page: Page, address: str, pictures: Path) -> str:
    """What is searched for while one types, and the page of the decision that was found."""
    page.goto(f"{address}/console/decisions")
    page.keyboard.press("/")
    expect(page.get_by_label("Search", exact=True)).to_be_focused()
    page.keyboard.type("nothing is called so")
    expect(page.get_by_text("is like this")).to_be_visible()
    page.get_by_label("Search", exact=True).fill("")
    page.get_by_label("went up a tier").check()
    expect(page).to_have_url(re.compile("escalated=yes"))
    page.locator("tbody a").first.click()
    expect(page.locator("svg.path .link").first).to_be_attached()
    page.screenshot(path=pictures / "console-decision.png", full_page=True)
    return page.locator(".steps").inner_text()


def what_if(page: Page, address: str) -> list[str]:
    """Where a request would go, and where with another hint."""
    page.goto(f"{address}/console/try")
    page.get_by_label("A prompt").fill("<img src=x onerror=alert(1)> Say hi.")
    title = page.locator("#outcome h2").first
    expect(title).to_contain_text("fast")
    before = title.inner_text()
    page.get_by_role("combobox", name="Stakes").select_option("high")
    expect(title).not_to_contain_text("fast")
    return [before, title.inner_text()]


def reload_broken(page: Page, address: str, pictures: Path) -> str:
    """What is said of a policy that is wrong."""
    page.goto(f"{address}/console/policies")
    page.get_by_role("button", name="Read the files again").click()
    expect(page.get_by_role("alert")).to_contain_text("Refused")
    page.screenshot(path=pictures / "console-refused.png", full_page=True)
    return page.locator(".fault").inner_text()


def tab_through(page: Page, address: str) -> list[list[Any]]:
    """Where the focus goes, and whether one sees it."""
    page.goto(f"{address}/console/decisions")
    found = []
    for _ in range(TABS):
        page.keyboard.press("Tab")
        found.append(page.evaluate(FOCUS))
    return found


def main(chromium: str, address: str, key: str, folder: str) -> None:
    """Raises AssertionError where something does not come."""
    pictures, complaints, abroad = Path(folder), [], []
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.on("console", lambda said: complaints.append(f"{said.type}: {said.text}"))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: complaints.append(f"dialog: {dialog.message}"))
        page.on("request", lambda asked: abroad.append(asked.url) if not asked.url.startswith(address) else None)
        report: dict[str, Any] = {
            "logged_in": log_in(page, address, key),
            "faults": look_at_pages(page, address, pictures),
            "renewed": watch_now(page, address),
            "way": search(page, address, pictures),
            "outcomes": what_if(page, address),
            "focus": tab_through(page, address),
        }
        quiet = list(complaints)
        report |= {"refused": reload_broken(page, address, pictures), "complaints": quiet, "abroad": abroad}
        browser.close()
    print(json.dumps(report))


if __name__ == "__main__":
    main(*sys.argv[1:])
