"""Takes a picture of a page: CHROMIUM URL PICTURE WORDS... Run by the Python that has playwright."""

import sys

from playwright.sync_api import expect, sync_playwright


def main(chromium: str, url: str, picture: str, *awaited: str) -> None:
    """Waits until all words are on the page. Raises AssertionError where they do not come."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1600, "height": 1000})
        page.goto(url)
        for words in awaited:
            expect(page.get_by_text(words).first).to_be_visible(timeout=30_000)
        page.screenshot(path=picture)
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
