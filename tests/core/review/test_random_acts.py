"""Any acts in any order, and runs between them: nothing decided is lost, silently changed or disowned."""

from __future__ import annotations

import json
import random
from contextlib import suppress
from datetime import date

import pytest

from overdraft.core.casefile import verify_case
from overdraft.core.casefile.history import first_break
from overdraft.core.casefile.opening import reading
from overdraft.core.errors import OverdraftError
from overdraft.core.review import UndoStack, decide

from .conftest import finding

KINDS = ("accept", "override", "defer", "verify", "reopen")
MORE = {
    "override": {"reason_kind": "site_check", "reason": "现场核实井已封填，照片齐全。"},
    "defer": {"reason": "待测", "deferred_to": date(2099, 1, 1)},
    "reopen": {"reason": "重看"},
}
DOCUMENTS = (("doc-1", ""), ("doc-2", "doc-1"), ("doc-3", "doc-2"))


class Office:
    """Two persons who decide at random on what runs find at random."""

    def __init__(self, case, act, seed):
        self.case, self.act, self.chance = case, act, random.Random(seed)
        self.stacks = {"李工": UndoStack(), "王工": UndoStack()}
        self.decided = set()
        self.run()

    def run(self):
        """A run finds some of the questions again, some with other figures, now and then under a later document."""
        policy, succeeds = self.chance.choices(DOCUMENTS, (6, 2, 1))[0]
        rows = [
            finding(f"W{number}", policy=policy, measured=self.chance.choice([1.0, 1.0, 3.0]))
            for number in range(6)
            if self.chance.random() < 0.8
        ]
        self.case.judge(*(rows or [finding("W0", policy=policy)]), policy=policy, succeeds=succeeds)
        follows = self.case.query("SELECT before, subject FROM history WHERE kind = 'follow' ORDER BY seq")
        for before, new in follows:
            old = json.loads(before)["finding_id"]
            if old in self.decided:
                self.decided = self.decided - {old} | {new}

    def step(self):
        who, kind = (
            self.chance.choice(list(self.stacks)),
            self.chance.choice([*KINDS, *KINDS, "undo", "undo", "redo", "run", "run"]),
        )
        stack = self.stacks[who]
        if kind == "run":
            self.run()
        elif kind in KINDS:
            asked = "SELECT finding_id FROM findings UNION SELECT finding_id FROM decisions ORDER BY 1"
            ids = [name for (name,) in self.case.query(asked)]
            more = dict(MORE.get(kind, {}))
            if kind == "override":
                more["outcome"] = self.chance.choice(["pass", "review"])
            step = decide(
                self.case.store, self.chance.sample(ids, min(len(ids), 3)), self.act(kind, who, **more)
            )
            self.decided |= set(step.ids)
            stack.add(step)
        elif stack.can_undo if kind == "undo" else stack.can_redo:
            getattr(stack, kind)(self.case.store, who)

    def check(self):
        """By plain SQL: each finding decided on is there, as it was; the history is whole and tells each decision."""
        rows = {name for (name,) in self.case.query("SELECT finding_id FROM decisions")}
        assert self.decided <= rows
        assert self.case.query(
            "SELECT count(*) FROM decisions d WHERE d.state <> 'open' AND NOT EXISTS (SELECT 1 FROM decided_findings c"
            " WHERE c.finding_id = d.finding_id AND c.evidence_hash = d.evidence_hash)"
        ) == [(0,)]
        assert (
            self.case.query(
                "SELECT d.finding_id FROM decisions d JOIN history h ON h.seq = (SELECT max(seq) FROM history"
                " WHERE subject = d.finding_id AND kind NOT IN ('stale', 'current', 'follow'))"
                " WHERE json_extract(h.after, '$.state') IS NOT d.state AND NOT EXISTS (SELECT 1 FROM history f"
                " WHERE f.kind = 'follow' AND f.subject = d.finding_id)"  # those stand under the older id
            )
            == []
        )
        with reading(self.case.path) as connection:
            assert first_break(connection) is None
        # a run of these tests has no true hash of its findings; everything else is in order
        assert {item.kind for item in verify_case(self.case.path).problems} <= {
            "findings_changed",
            "run_unknown",
            "run_changed",
        }


@pytest.mark.parametrize("seed", [1, *(pytest.param(seed, marks=pytest.mark.long) for seed in range(2, 12))])
def test_any_acts_in_any_order(case, act, seed):
    office = Office(case, act, seed)
    for number in range(100):
        with suppress(OverdraftError):  # refused acts change nothing; the check that follows sees to that
            office.step()
        if number % 4 == 0:
            office.check()
    office.check()
    kinds = {kind for (kind,) in case.query("SELECT DISTINCT kind FROM history")}
    assert {"accept", "override", "defer", "reopen", "undo", "run", "stale", "follow"} <= kinds
