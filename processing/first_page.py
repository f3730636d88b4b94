"""The first page of a paper as a window shows it before the files are made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.core import QgsApplication, QgsProcessingContext, QgsProcessingException, QgsProcessingFeedback

if TYPE_CHECKING:
    from qgis.PyQt.QtGui import QImage

    from .algorithm import OverdraftAlgorithm


def prepared(name: str, parameters: dict) -> tuple[OverdraftAlgorithm, QgsProcessingContext]:
    """One of our algorithms with what it needs to know, ready for the work itself.

    Raises:
        QgsProcessingException: a parameter is missing or wrong.
    """
    made = QgsApplication.processingRegistry().createAlgorithmById(f"overdraft:{name}")
    context = QgsProcessingContext()
    accepted, problem = made.checkParameterValues(parameters, context)
    if not accepted:
        raise QgsProcessingException(problem)
    made.prepareAlgorithm(parameters, context, QgsProcessingFeedback(False))
    return made, context


def first_page(name: str, parameters: dict) -> str | QImage:
    """The first page that an algorithm of papers would make with these parameters: as HTML, or as a picture of the
    printed page. Nothing is written. For any thread; maps are drawn by ``processing.maps.request``.

    Raises:
        QgsProcessingException: a parameter is missing or wrong.
        OverdraftError: as the algorithm.
    """
    made, context = prepared(name, parameters)
    return made.first_page(parameters, context)
