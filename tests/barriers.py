"""What keeps somebody from using a page: axe's findings, a sideways scroll."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
_AXE = Axe().axe_script
# Only violations are told in full: describing what passed costs as much as finding what did not.
# Contrast costs more than all the rest together, and a hundred rows of one table have one: it is
# looked at once for each way in which text stands on its ground, wherever that is on the page.
# A ground that axe cannot tell is a finding too; of words within a picture it never can.
_RUN = """async (tags) => {
  const ways = new Map();
  for (const each of document.body.querySelectorAll("*")) {
    const says = [...each.childNodes].some((one) => one.nodeType === 3 && one.data.trim())
      || each.matches("input, select, textarea");
    if (!says || each.closest("svg")) continue;
    if (!each.checkVisibility({checkOpacity: true, checkVisibilityCSS: true})) continue;
    const own = getComputedStyle(each);
    const way = [own.color, own.fontSize, own.fontWeight, each.matches(":disabled")];
    for (let at = each; at; at = at.parentElement) {
      const {backgroundColor, backgroundImage, opacity, position} = getComputedStyle(at);
      if (backgroundColor !== "rgba(0, 0, 0, 0)" || backgroundImage !== "none" || opacity !== "1"
          || (position !== "static" && position !== "relative"))
        way.push(backgroundColor, backgroundImage, opacity, position);
    }
    const key = way.join("|");
    if (!ways.has(key)) ways.set(key, each);
  }
  const rest = await axe.run({
    runOnly: {type: "tag", values: tags},
    rules: {"color-contrast": {enabled: false}},
    resultTypes: ["violations"],
  });
  // What scrolls within the page is opened out: words under its edge have no ground to be told.
  const boxes = [...document.body.querySelectorAll("*")].filter((each) =>
    each.scrollHeight > each.clientHeight
    && ["auto", "scroll"].includes(getComputedStyle(each).overflowY));
  const were = boxes.map((each) => each.style.cssText);
  for (const each of boxes)
    each.style.cssText += "; overflow: visible; max-height: none; height: auto";
  const none = {violations: [], incomplete: []};
  const contrast = ways.size === 0 ? none : await axe.run([...ways.values()], {
    runOnly: {type: "rule", values: ["color-contrast"]},
    resultTypes: ["violations", "incomplete"],
  });
  boxes.forEach((each, at) => { each.style.cssText = were[at]; });
  return [...rest.violations, ...contrast.violations, ...contrast.incomplete]
    .flatMap(({id, nodes}) => nodes.map(({html}) => `${id}: ${html}`));
}"""
_SIDEWAYS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


def found(page: Page) -> list[str]:
    """Return every barrier of the page as it stands, at its width; an empty list is a good page."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(_AXE)
    return [
        *page.evaluate(_RUN, list(RULES)),
        *(["scrolls sideways"] if page.evaluate(_SIDEWAYS) else []),
    ]
