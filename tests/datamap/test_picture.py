"""The picture of the map says all of it, to those who see it and to those who listen (P0.1)."""

import itertools
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from mamoru.datamap import reading
from mamoru.datamap.picture import picture
from mamoru.site.sample import generate

SAMPLE = reading.load(Path(generate.__file__).with_name("datamap.yaml"))
SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.promise("P0.1")
@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_store_and_table_is_in_the_picture_and_in_its_words(language: str) -> None:
    root = ET.fromstring(picture(SAMPLE, language))

    drawn = {each.text for each in root.iter(f"{SVG}text")}
    spoken = root.find(f"{SVG}desc")
    assert spoken is not None
    for store in SAMPLE.stores:
        assert getattr(store.title, language) in drawn
        for table in store.tables:
            assert getattr(table.title, language) in drawn
            assert getattr(table.title, language) in str(spoken.text)


def test_the_picture_needs_nothing_that_a_content_policy_refuses() -> None:
    drawn = picture(SAMPLE, "ja")

    assert not re.search(r"<script|<style|style=|href|on\w+=", drawn)


def test_no_box_leaves_the_picture_and_no_two_tables_overlap() -> None:
    root = ET.fromstring(picture(SAMPLE, "en"))
    width, height = (int(root.attrib[name]) for name in ("width", "height"))

    boxes = [
        tuple(int(each.attrib[name]) for name in ("x", "y", "width", "height"))
        for each in root.iter(f"{SVG}rect")
    ]
    assert all(x + w <= width and y + h <= height for x, y, w, h in boxes)
    tables = sorted((y, y + h) for _, y, _, h in boxes if h == 66)
    assert all(one[1] <= other[0] for one, other in itertools.pairwise(tables))


def test_words_of_the_map_cannot_become_markup() -> None:
    odd = SAMPLE.model_copy(
        update={"controller": SAMPLE.controller.model_copy(update={"ja": "<b>&\"'"})}
    )

    title = ET.fromstring(picture(odd, "ja")).find(f"{SVG}title")

    assert title is not None
    assert str(title.text).endswith("<b>&\"'")
