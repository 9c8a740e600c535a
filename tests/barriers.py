"""What keeps somebody from using a page: axe's findings, a sideways scroll."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
_AXE = Axe().axe_script
# Only violations are told in full: describing what passed costs as much as finding what did not.
_RUN = """async (tags) => (await axe.run({
    runOnly: {type: "tag", values: tags}, resultTypes: ["violations"]
  })).violations.flatMap(({id, nodes}) => nodes.map(({html}) => `${id}: ${html}`))"""
_SIDEWAYS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


def found(page: Page) -> list[str]:
    """Return every barrier of the page as it stands, at its width; an empty list is a good page."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(_AXE)
    return [
        *page.evaluate(_RUN, list(RULES)),
        *(["scrolls sideways"] if page.evaluate(_SIDEWAYS) else []),
    ]
