"""Offline help: every page finds its style and its pictures beside itself and asks nothing of a network."""

from __future__ import annotations

import re

import pytest

from overdraft.processing.help import FOLDERS
from overdraft.processing.texts import RESOURCES

PAGES = sorted(path for path in (RESOURCES / "help").rglob("*.html") if path.name != "intro.html")


def targets(page):
    return re.findall(r'(?:href|src)="([^"#]+)', page.read_text(encoding="utf-8"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: "/".join(page.parts[-3:]))
def test_everything_a_page_names_is_there(page):
    found = targets(page)
    assert any(target.endswith("style.css") for target in found)
    for target in found:
        assert "://" not in target, target
        assert (page.parent / target).is_file(), target


@pytest.mark.parametrize("folder", FOLDERS.values())
def test_the_first_page_leads_to_every_window(folder):
    there = {f"windows/{path.name}" for path in (RESOURCES / "help" / folder / "windows").glob("*.html")}
    assert len(there) >= 8
    assert there <= set(targets(RESOURCES / "help" / folder / "index.html"))
