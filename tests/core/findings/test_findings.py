"""The one record type: stable ids, nothing lost in the counts, equal content gives equal hashes."""

from __future__ import annotations

import hashlib
import json
import unicodedata

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from overdraft.core.findings import OUTCOMES, Verdicts, concat, conclude, finding_id, judge, worst


def sample(outcomes, **columns) -> Verdicts:
    subjects = [f"W{n}" for n in range(len(outcomes))]
    head = {"rule": "a.b", "clause": "TLF-4.3c", "subject_role": "wells", "message_key": "k"}
    return judge(**head, subject_id=subjects, outcome=outcomes, **columns)


def test_the_id_is_sha_256_over_the_question_joined_by_the_unit_separator():
    parts = ["turpan-2021", "a.b", "TLF-4.3c", "wells", "井e\u0301", "2024"]
    text = unicodedata.normalize("NFC", "\u001f".join(parts)).encode()
    assert finding_id(*parts) == hashlib.sha256(text).hexdigest()[:16]
    assert finding_id(*parts) == finding_id(*[unicodedata.normalize("NFC", part) for part in parts])


@given(st.lists(st.sampled_from(OUTCOMES), max_size=40), st.integers(0, 9))
def test_rows_passes_and_out_of_scope_are_all_subjects(outcomes, beyond):
    found = sample(outcomes, out_of_scope=beyond, unit_id=[str(n % 3) for n in range(len(outcomes))])
    total = found.counts[["n_subjects", "n_pass", "n_rows", "n_out_of_scope"]].sum()
    assert total["n_subjects"] == len(outcomes) + beyond
    assert total["n_pass"] == outcomes.count("pass")
    assert total["n_rows"] == len(found.rows) == len(outcomes) - outcomes.count("pass")
    assert total["n_out_of_scope"] == beyond


def test_a_permission_keeps_its_row_though_it_passes():
    found = sample(["pass", "pass"], permission=["allow", ""])
    assert found.rows["subject_id"].tolist() == ["W0"]


def test_empty_values_stay_in_the_message_and_leave_the_evidence():
    found = sample(
        ["fail"], message_values={"day": pd.Series([pd.NaT])}, evidence={"day": np.array([np.nan]), "n": 3}
    )
    assert json.loads(found.rows["message_values"][0]) == {"day": None}
    assert json.loads(found.rows["evidence"][0]) == {"n": 3}


def test_an_outcome_that_does_not_exist_is_refused():
    with pytest.raises(ValueError, match="maybe"):
        sample(["maybe"])


def test_two_rows_of_one_question_are_a_mistake_of_the_rule():
    with pytest.raises(ValueError, match="speaks twice"):
        conclude(concat([sample(["fail"]), sample(["review"])]), "p", "v", "run")


def test_the_worst_comes_first_and_the_evidence_hash_follows_the_figures():
    one = conclude(sample(["review", "fail"], measured=[1.0, 2.0]), "p", "v", "run")
    other = conclude(sample(["review", "fail"], measured=[1.0, 3.0]), "p", "v2", "another run")
    assert one["outcome"].tolist() == ["fail", "review"]
    assert one["finding_id"].tolist() == other["finding_id"].tolist()
    assert (one["evidence_hash"] == other["evidence_hash"]).tolist() == [False, True]


def test_worst():
    assert worst(["pass", "review", "exempt"]) == "review"
    assert worst([]) == "pass"
