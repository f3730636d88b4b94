"""What is said of a layer that was read: how many rows, which coordinate system and encoding, what to look at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...core.messages import render
from ...core.schema import register_schema
from ...processing.texts import tr, ui_language
from .marks import BAD, GOOD, QUIET, SIGNS, UNSURE
from .state import RoleLayer

if TYPE_CHECKING:
    from ...core.importing.source import Source

_SURE = 0.995
"""An encoding of this confidence is shown without it."""


def status_of(layer: RoleLayer) -> tuple[str, str]:
    """Kind of mark and text of a row of page 1."""
    if layer.gone:
        return BAD, tr("The layer {name} is no longer in the project: choose it again.").format(
            name=layer.gone
        )
    if layer.ref is None:
        return QUIET, tr("Needed: without wells nothing can be judged.") if layer.role == "wells" else ""
    if layer.stopped:
        return BAD, tr("Reading was stopped. Choose the layer again.")
    if layer.trouble:
        return BAD, layer.trouble
    if layer.source is None:
        return QUIET, tr("Is being read…")
    n = len(layer.source.frame)
    facts = [tr("1 row") if n == 1 else tr("{n} rows").format(n=n)]
    kind, place = _place(layer)
    warnings = warnings_of(layer)
    code = layer.source.encoding
    facts += [text for text in (place, _encoding(layer.source) if code else "") if text]
    text = " · ".join(facts)
    if kind == GOOD and (warnings or _unsure(layer.source)):
        kind = UNSURE
    return kind, "\n".join([text, *(f"{SIGNS[UNSURE]} {line}" for line in warnings)])


def here(remedy: str) -> str:
    """Where in this window a remedy is done that names parameters of the batch import; empty for any other."""
    places = {
        "VALUE_MAP": tr("Here: page 2, Words…"),
        "FIELD_MAP": tr("Here: page 2, the list beside the field"),
        "UNIT_MAP": tr("Here: page 2, the unit beside the field"),
        "PERSONS": tr("Here: page 2, Import personal data too"),
        "X_COLUMN": tr("Here: page 2, x and y below the fields"),
        "OPERATION": tr("Here: page 1, Options…"),
        "ENCODING": tr("Here: page 1, Options…"),
        "HEADER_ROW": tr("Here: page 1, Options…"),
        "REPAIR": tr("Here: page 1, Options…"),
        "CRS": tr("Here: page 1, Options…"),
    }
    return next((text for name, text in places.items() if name in remedy), "")


def warnings_of(layer: RoleLayer) -> list[str]:
    """What the reader noticed, in the user's language."""
    from ...core.importing.proposals import columns_changed

    told = []
    if len(layer.source.frame) == 0:
        told.append(tr("It holds no rows."))
    if columns_changed(layer.source, layer.saved_columns):
        told.append(tr("Its columns are not those of last time: look through page 2 again."))
    for note in layer.source.notes:
        if note.severity != "note":
            told.append(render(note.message_key, note.values, ui_language()))
    return told


def _unsure(source: Source) -> bool:
    return bool(source.encoding) and source.encoding_confidence < _SURE


def _encoding(source: Source) -> str:
    if not _unsure(source):
        return source.encoding
    return tr("{encoding} (confidence {confidence})").format(
        encoding=source.encoding, confidence=f"{source.encoding_confidence:.2f}"
    )


def _place(layer: RoleLayer) -> tuple[str, str]:
    """Mark and words for the coordinate system; none for a table."""
    from ...core.importing.proposals import has_coordinates

    if not register_schema().roles[layer.role].is_place:
        return GOOD, ""
    given = layer.reading.crs
    if given.isValid():
        return GOOD, tr("{crs} (you say so)").format(crs=given.authid() or given.description())
    source = layer.source
    if source.geometry is not None:
        if source.crs is None:
            return BAD, tr("no coordinate system: say which under Options…")
        return GOOD, source.crs.to_string() if source.crs.to_authority() else source.crs.name
    if not has_coordinates(source) and not any(layer.coordinates):
        return UNSURE, tr("no geometry: say on page 2 which columns hold the coordinates")
    return UNSURE, tr("positions from columns, coordinate system not stated: say which under Options…")
