"""Between QGIS layers and the frames of ``core``: reading in bulk, writing beside the name and renaming."""

from .destination import OutputLayer, deliver
from .fields import Field, fields_from_schema
from .source import LayerSource, open_source
from .table import Table

__all__ = ["Field", "LayerSource", "OutputLayer", "Table", "deliver", "fields_from_schema", "open_source"]
