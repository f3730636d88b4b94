"""The whole flow, from a register and a policy to findings, ledger, balances and counts, as one function."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any
from uuid import uuid4

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from .findings import OUTCOMES, Verdicts, concat, conclude, worst_by
from .overlay import Placement, PlacementOptions, place
from .overlay.areas import area_zones
from .policy import Policy
from .register import Register
from .register.facts import event_problems
from .register.identity import ROW_ID
from .replacement import ReplacementLedger, replacement_ledger
from .retirement import RetirementBalance, retirement_balance
from .rules.placement import placement_findings
from .rules.policy_arithmetic import policy_findings
from .rules.run import rule_findings
from .rules.scene import Scene
from .sheets import sheets

METADATA = Path(__file__).resolve().parents[1] / "metadata.txt"
_DAYS = ("baseline", "retirement_baseline")
LIBRARIES = ("numpy", "pandas", "geopandas", "shapely", "pyproj", "pyogrio")


@dataclass(frozen=True)
class EnforceSettings:
    """What a run may set; None leaves the policy's own setting.

    Attributes:
        distance_limit_m: distances to zone edges are exact up to here and empty beyond; 0 computes none.
        position_accuracy_m: a well nearer to a zone edge than this is in doubt; 0 asks nothing.
        language: ``zh`` or ``en``, of names of authorities that the policy has in both.
        sources: where each role came from, as shown in the report.
        invented: the data are made up, which every output must say.
    """

    reading: str | None = None
    pool: str | None = None
    baseline: date | None = None
    retirement_baseline: date | None = None
    area_basis: str | None = None
    parent_sum_only: bool | None = None
    distance_limit_m: float = 1000.0
    position_accuracy_m: float = 10.0
    language: str = "zh"
    sources: Mapping[str, str] = field(default_factory=dict)
    invented: bool = False

    @classmethod
    def kept(cls, record: Mapping[str, Any]) -> EnforceSettings:
        """From the record of a run, where days are ISO text; what another version of the program wrote is left out."""
        given = {name: value for name, value in record.items() if name in cls.__dataclass_fields__}
        days = {name: date.fromisoformat(given[name]) for name in _DAYS if given.get(name)}
        return cls(**{**given, **days})


@dataclass(frozen=True)
class EnforceResult:
    """Everything that a run found; the case file and the report are written from it.

    Attributes:
        wells: canonical fields, placement and ``outcome``, the worst finding of each well.
        not_covered: bool per well: it lies where the policy does not apply, and nothing was found of it; its
            ``outcome`` is ``pass`` and says nothing of any clause.
        ledger, retirement: None where the document has no such rule.
        sheets: balances, charges, volumes, rankings, vetting and closing order, by table of the case file.
        findings: the findings table, worst first.
        counts: wells by worst outcome.
        manifest: inputs and their hashes, policy version, settings, versions, counts, warnings.
    """

    register: Register
    policy: Policy
    as_of: date
    placement: Placement
    wells: gpd.GeoDataFrame
    not_covered: np.ndarray
    ledger: ReplacementLedger | None
    retirement: RetirementBalance | None
    area_zones: pd.DataFrame
    sheets: dict[str, pd.DataFrame]
    findings: pd.DataFrame
    rule_counts: pd.DataFrame
    counts: dict[str, int]
    manifest: dict[str, object]


def enforce(
    register: Register,
    policy: Policy,
    as_of: date,
    settings: EnforceSettings | None = None,
    progress: Callable[[float], None] | None = None,
) -> EnforceResult:
    """Place the wells, keep the ledger, draw the retirement balance, collect the findings.

    Args:
        register: ``wells`` are needed, every other role is used where it is; a rule that lacks its role says so.
        as_of: the day on which all is judged.
        progress: told the share done, 0 to 1; raises :class:`core.errors.Cancelled` to stop.

    Raises:
        OverdraftError: a role that is needed is missing, or a setting is outside what the policy allows.
    """
    started = datetime.now(UTC)
    settings = settings or EnforceSettings()
    wells = register["wells"]
    judged = judge(register, policy, as_of, settings, _part(progress, 0, 0.85))
    scene, verdicts = judged.scene, judged.verdicts
    areas = _area_zones(register, as_of)
    drawn = sheets(scene, verdicts, _part(progress, 0.85, 0.98))
    run_id = f"{started:%Y%m%dT%H%M%SZ}-{uuid4().hex[:8]}"
    findings = conclude(verdicts, policy.id, policy.version, run_id)
    spoken = judged_wells(wells, scene.placement, findings)
    counts = {outcome: int((spoken["outcome"] == outcome).sum()) for outcome in OUTCOMES}
    manifest = _manifest(register, policy, as_of, settings, judged.ledger, findings, counts)
    manifest |= {"run_id": run_id, "started_at": started.isoformat(timespec="seconds")}
    manifest["finished_at"] = datetime.now(UTC).isoformat(timespec="seconds")
    _part(progress, 0.98, 1.0)(1.0)
    return EnforceResult(
        register=register,
        policy=policy,
        as_of=as_of,
        placement=scene.placement,
        wells=spoken,
        not_covered=~scene.subjects("wells").in_scope & (spoken["outcome"] == "pass").to_numpy(bool),
        ledger=judged.ledger,
        retirement=judged.retirement,
        area_zones=areas,
        sheets=drawn,
        findings=findings,
        rule_counts=verdicts.counts,
        counts=counts,
        manifest=manifest,
    )


@dataclass(frozen=True)
class Judgement:
    """What a policy says of a register, before it is put on paper.

    Attributes:
        scene: register, policy and placement on the day. verdicts: of everything that judges, passes counted.
        ledger, retirement: None where the document has no such rule.
    """

    scene: Scene
    ledger: ReplacementLedger | None
    retirement: RetirementBalance | None
    verdicts: Verdicts


def judge(
    register: Register,
    policy: Policy,
    as_of: date,
    settings: EnforceSettings,
    progress: Callable[[float], None] | None = None,
) -> Judgement:
    """The verdicts of a run alone: no tables are drawn, no input is hashed. Arguments and errors as :func:`enforce`."""
    wells = register["wells"]
    options = PlacementOptions(
        distance_limit_m=settings.distance_limit_m,
        position_accuracy_m=settings.position_accuracy_m,
        language=settings.language,
    )
    layers = {role: register.get(role) for role in ("zones", "units", "irrigation", "networks", "screens")}
    placement = place(
        wells, **layers, policy=policy, as_of=as_of, options=options, progress=_part(progress, 0, 0.47)
    )
    ledger = _ledger(register, placement, policy, as_of, settings, _part(progress, 0.47, 0.59))
    retirement = _retirement(register, policy, as_of, settings, _part(progress, 0.59, 0.77))
    scene = Scene(register, policy, placement, as_of, ledger, language=settings.language)
    verdicts = concat(
        [
            register.problems,
            event_problems(register),
            policy_findings(policy),
            placement_findings(wells, placement, layers["zones"], layers["units"], policy, options),
            *(part.verdicts for part in (ledger, retirement) if part is not None),
            scene.amounts.problems,
            rule_findings(scene, progress=_part(progress, 0.77, 1.0)),
        ]
    )
    return Judgement(scene, ledger, retirement, verdicts)


def _ledger(
    register: Register,
    placement: Placement,
    policy: Policy,
    as_of: date,
    settings: EnforceSettings,
    progress: Callable[[float], None],
) -> ReplacementLedger | None:
    if not policy.has("replacement"):
        return None
    return replacement_ledger(
        register,
        placement,
        policy,
        as_of,
        reading=settings.reading,
        pool=settings.pool,
        baseline=settings.baseline,
        progress=progress,
    )


def _retirement(
    register: Register,
    policy: Policy,
    as_of: date,
    settings: EnforceSettings,
    progress: Callable[[float], None],
) -> RetirementBalance | None:
    if not policy.has("retirement"):
        return None
    return retirement_balance(
        register,
        policy,
        as_of,
        baseline=settings.retirement_baseline,
        area_basis=settings.area_basis,
        parent_sum_only=settings.parent_sum_only,
        progress=progress,
    )


def judged_wells(wells: gpd.GeoDataFrame, placement: Placement, findings: pd.DataFrame) -> gpd.GeoDataFrame:
    """Wells with where they lie and the worst outcome of their findings; a well without one passes."""
    spoken = findings[findings["subject_role"] == "wells"]
    outcome = worst_by(spoken["subject_id"], spoken["outcome"]) if len(spoken) else pd.Series(dtype=object)
    kept = wells.drop(columns=[name for name in placement.frame.columns if name in wells.columns])
    judged = pd.concat([kept, placement.frame.set_axis(kept.index)], axis=1)
    judged["outcome"] = kept[ROW_ID].map(outcome).fillna("pass")
    return gpd.GeoDataFrame(judged, geometry="geometry", crs=wells.crs)


def frame_hash(frame: pd.DataFrame) -> str:
    """SHA-256 of a frame's content, the same for any order of its rows."""
    plain = pd.DataFrame(frame.drop(columns="geometry", errors="ignore")).astype(object)
    plain = plain.where(plain.notna(), None).astype(str)
    if "geometry" in frame.columns:
        plain["geometry"] = [str(wkb) for wkb in shapely.to_wkb(frame["geometry"].to_numpy(), hex=True)]
    rows = pd.util.hash_pandas_object(plain, index=False).to_numpy()
    digest = hashlib.sha256("\u001f".join(map(str, plain.columns)).encode())
    digest.update(np.sort(rows).astype("<u8").tobytes())
    return digest.hexdigest()


def _area_zones(register: Register, as_of: date) -> pd.DataFrame:
    if register.has("irrigation") and register.has("zones"):
        return area_zones(register["irrigation"], register["zones"], as_of)
    return pd.DataFrame(columns=["area_id", "zone_id", "area_mu", "share_ratio"])


def _manifest(
    register: Register,
    policy: Policy,
    as_of: date,
    settings: EnforceSettings,
    ledger: ReplacementLedger | None,
    findings: pd.DataFrame,
    counts: dict[str, int],
) -> dict[str, object]:
    inputs = [
        {
            "role": role,
            "rows": len(frame),
            "sha256": frame_hash(frame),
            "source": settings.sources.get(role, ""),
        }
        for role, frame in sorted(register.tables.items())
    ]
    given = {name: value for name, value in asdict(settings).items() if name not in ("sources", "invented")}
    return {
        "policy_id": policy.id,
        "policy_version": policy.version,
        "as_of": as_of.isoformat(),
        "inputs": inputs,
        "settings": {name: _plain(value) for name, value in given.items()},
        "values": {key: _plain(item.value) for key, item in policy.settings.items() if item.source == "user"},
        "replacement": {name: _plain(value) for name, value in ledger.settings.shown.items()}
        if ledger
        else {},
        "unverified": _unverified(findings),
        "invented": settings.invented,
        "versions": _versions(),
        "wells": counts,
        "findings": {name: int(number) for name, number in findings["outcome"].value_counts().items()},
        "finding_hash": frame_hash(findings.drop(columns="run_id")),
    }


def _unverified(findings: pd.DataFrame) -> list[str]:
    """Readings of ours that at least one finding rests on."""
    return sorted({key for keys in findings["unverified"].unique() for key in json.loads(keys)})


def _versions() -> dict[str, str]:
    found = {"overdraft": _own_version(), "python": platform.python_version()}
    for name in LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "unknown"
    return found


def _own_version() -> str:
    """The version of this program, as QGIS shows it."""
    lines = METADATA.read_text(encoding="utf-8").splitlines() if METADATA.is_file() else []
    return next((line.partition("=")[2].strip() for line in lines if line.startswith("version=")), "unknown")


def _plain(value: object) -> object:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def _part(progress: Callable[[float], None] | None, start: float, stop: float) -> Callable[[float], None]:
    """A progress callable for one step of the flow, told 0 to 1 of its own."""

    def tell(share: float) -> None:
        if progress is not None:
            progress(start + (stop - start) * share)

    return tell
