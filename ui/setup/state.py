"""What has been chosen in the wizard so far; its pages show and change this and nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from qgis.core import QgsCoordinateReferenceSystem

from ...core.schema import register_schema
from ...processing.layers.table import to_pyproj
from ...processing.setup import LayerRef

if TYPE_CHECKING:
    from ...core.importing.names import Given
    from ...core.importing.proposals import Proposal, ShownColumn
    from ...core.importing.source import Source
    from ...core.policy import Policy
    from ...core.setup import Chosen

DRAWN = ("wells", "zones", "irrigation", "units")
"""Roles that page 1 always shows; further ones are added by the user."""


@dataclass
class Reading:
    """How a layer is read, where the user says it: empty values mean "as found"."""

    encoding: str = ""
    header_row: int = 0
    crs: QgsCoordinateReferenceSystem = field(default_factory=QgsCoordinateReferenceSystem)
    operation: str = ""
    repairs: tuple[str, ...] = ()


@dataclass
class RoleLayer:
    """The layer of one role and what was decided about it.

    Attributes:
        ref: the layer chosen, None for none. gone: name of a layer that the project remembers and no longer has.
        mode: how it goes into a case file that exists.
        source: its cells once it was read. trouble: why it could not be read. stopped: the user stopped the reading.
        proposals, shown: what may fill each field, and its columns with samples.
        columns: field → column chosen. without: fields that shall have none. units: field → unit.
        words: field → word → value. coordinates: columns of x and y.
        saved: a mapping of an earlier delivery, made for saved_columns.
        persons: whether personal data are imported too.
    """

    role: str
    ref: LayerRef | None = None
    gone: str = ""
    mode: str = "append"
    reading: Reading = field(default_factory=Reading)
    source: Source | None = None
    trouble: str = ""
    stopped: bool = False
    proposals: dict[str, Proposal] = field(default_factory=dict)
    shown: list[ShownColumn] = field(default_factory=list)
    columns: dict[str, str] = field(default_factory=dict)
    without: set[str] = field(default_factory=set)
    units: dict[str, str] = field(default_factory=dict)
    words: dict[str, dict[str, str]] = field(default_factory=dict)
    coordinates: tuple[str, str] = ("", "")
    saved: Given | None = None
    saved_columns: list[str] = field(default_factory=list)
    persons: bool = False

    def choose(self, ref: LayerRef | None) -> None:
        """Take another layer; what was decided about the one before is forgotten, a saved mapping stays."""
        self.ref, self.gone = ref, ""
        self.reading = Reading()
        self.forget()

    def forget(self) -> None:
        """As if it had not been read."""
        self.source, self.trouble, self.stopped = None, "", False
        self.proposals, self.shown = {}, []
        self.clear()

    def clear(self) -> None:
        """No column is chosen."""
        self.columns, self.without, self.units, self.coordinates = {}, set(), {}, ("", "")

    def detect(self) -> None:
        """Choose what is meant for certain, nothing else."""
        self.clear()
        for name, proposal in self.proposals.items():
            if proposal.column:
                self.put(name, proposal.column, proposal.unit)
        self.words = (
            {} if self.saved is None else {key: dict(words) for key, words in self.saved.words.items()}
        )

    def put(self, name: str, column: str, unit: str = "") -> None:
        """Let a column fill a field; it fills no other then. An empty one leaves the field open."""
        for other in [key for key, value in self.columns.items() if value == column and column]:
            del self.columns[other]
            self.units.pop(other, None)
        self.without.discard(name)
        self.columns.pop(name, None)
        self.units.pop(name, None)
        if column:
            self.columns[name] = column
            if unit:
                self.units[name] = unit

    def refuse(self, name: str) -> None:
        """Say that no column is meant for a field."""
        self.put(name, "")
        self.without.add(name)

    @property
    def open_fields(self) -> list[str]:
        """Needed fields that wait for an answer: the id, and those for which there are candidates."""
        role = register_schema().roles[self.role]
        if self.source is None:
            return []
        return [
            name
            for name in role.required
            if name not in self.columns
            and (name in role.key or (name not in self.without and self.proposals[name].candidates))
        ]

    @property
    def taken(self) -> bool:
        """Is there a layer that was read?"""
        return self.source is not None


@dataclass
class Setup:
    """All choices of one run of the wizard.

    Attributes:
        layers: by role, in the order of page 1. policy_ref: id or file of the policy; policy: it, loaded.
        crs: working coordinate system, not valid for "as in each layer". area_unit: ``mu`` or ``ha``.
        case: the open case file that the layers go into; None for a new one.
    """

    layers: dict[str, RoleLayer]
    policy_ref: str | Path | None = None
    policy: Policy | None = None
    crs: QgsCoordinateReferenceSystem = field(default_factory=QgsCoordinateReferenceSystem)
    area_unit: str = "mu"
    case: Path | None = None

    @property
    def read(self) -> list[RoleLayer]:
        """The layers that were read."""
        return [layer for layer in self.layers.values() if layer.taken]

    def copy(self) -> Setup:
        """The choices as they are now, for work in the background while layers may come and go."""
        return replace(self, layers={name: replace(layer) for name, layer in self.layers.items()})

    def chosen(self) -> list[Chosen]:
        """The layers with all that was decided; takes longer where a layer has many columns."""
        return [_chosen(layer, self.crs) for layer in self.read]


def given_of(layer: RoleLayer) -> Given:
    """What was decided of the columns, as an import takes it."""
    from ...core.importing.names import CARRY_ON, LEAVE_OUT, Given
    from ...core.importing.proposals import told_columns

    fields = told_columns(register_schema().roles[layer.role], layer.source, layer.columns, layer.without)
    if layer.saved is not None:
        present = set(layer.source.frame.columns) - set(layer.columns.values())
        others = {name: to for name, to in layer.saved.fields.items() if to in (LEAVE_OUT, CARRY_ON)}
        fields = {name: to for name, to in others.items() if name in present} | fields
    units = {layer.columns[name]: unit for name, unit in layer.units.items()}
    return Given(fields, units, {name: dict(words) for name, words in layer.words.items()})


def _chosen(layer: RoleLayer, target: QgsCoordinateReferenceSystem) -> Chosen:
    from ...core.importing.run import Wishes
    from ...core.setup import Chosen

    reading = layer.reading
    wishes = Wishes(
        given=given_of(layer),
        saved_columns=layer.saved_columns,
        crs=to_pyproj(reading.crs),
        operation=reading.operation,
        target=to_pyproj(target) if register_schema().roles[layer.role].is_place else None,
        columns=layer.coordinates,
        repairs=reading.repairs,
    )
    return Chosen(layer.role, layer.source, wishes, layer.mode, layer.persons)
