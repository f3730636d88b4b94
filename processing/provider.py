"""The Processing provider ``overdraft``."""

from __future__ import annotations

from qgis.core import QgsProcessingProvider
from qgis.PyQt.QtGui import QIcon

from .enforcement.allocatequota import AllocateQuota
from .enforcement.auditwells import AuditWells
from .enforcement.classifywells import ClassifyWells
from .enforcement.compareruns import CompareRuns
from .enforcement.enforce import Enforce
from .enforcement.overplanfees import OverPlanFees
from .enforcement.powertowater import PowerToWater
from .enforcement.quotabalance import QuotaBalance
from .enforcement.rankunits import RankUnits
from .enforcement.replacementledger import ReplacementLedger
from .enforcement.retirementbalance import RetirementBalance
from .output.exportmaps import ExportMaps
from .output.exporttables import ExportTables
from .output.mergecases import MergeCases
from .output.officialletters import OfficialLetters
from .output.publicnotice import PublicNotice
from .output.verdictslip import VerdictSlip
from .output.verifycasefile import VerifyCaseFile
from .planning.closingorder import ClosingOrder
from .planning.pairreplacements import PairReplacements
from .planning.planretirement import PlanRetirement
from .planning.verifyretirement import VerifyRetirement
from .register.checkregister import CheckRegister
from .register.createregister import CreateRegister
from .register.importlayer import ImportLayer
from .register.recordevent import RecordEvent
from .register.undoimport import UndoImport
from .siting.vetsites import VetSites
from .texts import icon_path, tr

ALGORITHMS = (
    CreateRegister,
    ImportLayer,
    UndoImport,
    RecordEvent,
    CheckRegister,
    ClassifyWells,
    ReplacementLedger,
    RetirementBalance,
    AuditWells,
    QuotaBalance,
    AllocateQuota,
    OverPlanFees,
    PowerToWater,
    RankUnits,
    Enforce,
    CompareRuns,
    PairReplacements,
    PlanRetirement,
    ClosingOrder,
    VerifyRetirement,
    VetSites,
    VerifyCaseFile,
    MergeCases,
    ExportTables,
    ExportMaps,
    PublicNotice,
    VerdictSlip,
    OfficialLetters,
)


class OverdraftProvider(QgsProcessingProvider):
    """All algorithms of the plugin."""

    def id(self):
        return "overdraft"

    def name(self):
        return tr("Groundwater Zoning")

    def longName(self):
        return tr("Overdraft: groundwater over-extraction zoning")

    def icon(self):
        return QIcon(self.svgIconPath())

    def svgIconPath(self):
        return icon_path("overdraft")

    def loadAlgorithms(self):
        for algorithm in ALGORITHMS:
            self.addAlgorithm(algorithm())
