"""Write docs/clauses.md: what becomes of each clause of each policy that ships with the product.

.venv/bin/python tools/clauses.py          bring it up to date
.venv/bin/python tools/clauses.py check    fail if it is out of date
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs/clauses.md"

if "overdraft" not in sys.modules:  # run by hand: make the checkout importable, as the tests do
    spec = importlib.util.spec_from_file_location("conftest", ROOT / "conftest.py")
    spec.loader.exec_module(importlib.util.module_from_spec(spec))

from overdraft.core.messages import catalogue, render  # noqa: E402
from overdraft.core.policy import Policy, available_policies, load_policy  # noqa: E402
from overdraft.core.rules.coverage import Coverage, coverage  # noqa: E402

HEAD = """# Clauses

What becomes of each clause, written by `tools/clauses.py` from the policies and the rules; a test fails when it is out
of date or when a clause has no place. *Judged by* names the rules (`family.check`, in `core/rules/families/`;
`replacement` and `retirement` are the ledger and the balance). *Waits for* names settings that the document needs and
does not give: the tests that need them are not evaluated until somebody sets them. A *checklist* clause is for a person
to answer.
"""
FORCE = {"mandatory": "must", "soft": "should", "claimed": "reported"}


def page() -> str:
    """The whole page."""
    policies = [load_policy(title.id) for title in available_policies()]
    places = {policy.id: coverage(policy) for policy in policies}
    summary = [
        "| policy | clauses | judged | waiting for a value only | checklist |",
        "|---|---|---|---|---|",
    ]
    for policy in policies:
        found = places[policy.id]
        judged = sum(bool(place.rules) for place in found)
        waiting = sum(not place.rules and bool(place.gaps) for place in found)
        rest = sum(not place.rules and not place.gaps and place.checklist for place in found)
        summary.append(
            f"| [{policy.id}](#{policy.id}) {policy.title} | {len(found)} | {judged} | {waiting} | {rest} |"
        )
    return "\n".join([HEAD, *summary, "", *(section(policy, places[policy.id]) for policy in policies)])


def section(policy: Policy, places: tuple[Coverage, ...]) -> str:
    """One policy."""
    lines = [f"## {policy.id}", "", f"{policy.title} · {policy.title_en}", ""]
    lines += ["| clause | place in the text | force | judged by | waits for |", "|---|---|---|---|---|"]
    for place in places:
        clause = policy.clauses[place.clause]
        rules = ", ".join(label(rule) for rule in place.rules) or ("checklist" if place.checklist else "")
        gaps = ", ".join(f"`{key}`" for key in place.gaps)
        lines.append(f"| {clause.id} | {clause.locator} | {FORCE[clause.force]} | {rules} | {gaps} |")
    return "\n".join([*lines, ""])


def label(rule: str) -> str:
    """A rule with its words."""
    key = f"report.rule.{rule}"
    return f"`{rule}` {render(key, {}, 'en')}" if key in catalogue() else f"`{rule}`"


def main() -> int:
    """Write the page, or say whether it is up to date."""
    if "check" in sys.argv[1:]:
        same = PAGE.is_file() and PAGE.read_text(encoding="utf-8") == page()
        print("up to date" if same else f"{PAGE.relative_to(ROOT)} is out of date: run tools/clauses.py")
        return 0 if same else 1
    PAGE.write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
