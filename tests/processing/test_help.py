"""Names that never change, and help that is complete in both languages."""

from __future__ import annotations

import re

import pytest
from qgis.core import QgsApplication, QgsProcessingParameterDefinition

from overdraft.core.policy import available_policies
from overdraft.core.schema import register_schema
from overdraft.processing.help import FOLDERS, algorithm_help
from overdraft.processing.parameters import policy_ids
from overdraft.processing.provider import ALGORITHMS
from overdraft.processing.texts import RESOURCES

COMMON = ["CASE", "POLICY", "POLICY_FILE", "AS_OF"]
EVERY_ROLE = [
    *(
        "WELLS",
        "ZONES",
        "IRRIGATION",
        "UNITS",
        "NETWORKS",
        "ALTERNATIVES",
        "PROTECTION",
        "PARCELS",
        "INTAKES",
    ),
    *(
        "SECTIONS",
        "STATIONS",
        "PROJECTS",
        "APPLICATIONS",
        "EVENTS",
        "EVIDENCE",
        "PAIRS",
        "READINGS",
        "INDICES",
    ),
    *(
        "PERMITS",
        "PERMIT_WELLS",
        "USERS",
        "WELL_USERS",
        "ACCOUNTS",
        "ACCOUNT_WELLS",
        "WELL_AREAS",
        "AREA_YEARS",
    ),
    *("METERS", "LEVELS", "SCREENS", "TARGETS", "DOCUMENTS", "PRICES", "VIOLATIONS", "CALENDAR"),
]
ENFORCE_FIRST = ("WELLS", "ZONES", "UNITS", "IRRIGATION", "NETWORKS", "SCREENS")
ABSTRACTION = [
    *("WELLS", "ZONES", "UNITS", "IRRIGATION", "SCREENS", "EVENTS", "READINGS", "INDICES", "PERMITS"),
    *(
        "PERMIT_WELLS",
        "USERS",
        "WELL_USERS",
        "ACCOUNTS",
        "ACCOUNT_WELLS",
        "METERS",
        "WELL_AREAS",
        "AREA_YEARS",
    ),
]
PARAMETERS = {
    "createregister": ["LANGUAGE", "OUTPUT"],
    "importlayer": [
        *("INPUT", "ROLE", "FIELD_MAP", "UNIT_MAP", "VALUE_MAP", "MAPPING", "CRS", "X_COLUMN", "Y_COLUMN"),
        *("UNITS", "CASE", "MODE", "OPERATION", "TARGET_CRS", "REPAIR", "ENCODING", "HEADER_ROW", "BY"),
        *("LANGUAGE", "OUTPUT", "PROBLEMS", "CONVERSIONS", "RAW_VALUES", "SET_ASIDE", "BATCH", "PERSONS"),
        "SAVED_MAPPING",
    ],
    "undoimport": ["CASE", "BATCH_ID", "BY", "LANGUAGE"],
    "recordevent": [
        *("CASE", "ACTS", "ACT", "SUBJECT_ID", "KIND", "DAY", "DOC_NO", "PHOTO", "CHECKED_BY", "CHECKED_ON"),
        *("POWER_CUT_ON", "PERMIT_CANCELLED_ON", "DOCUMENT", "TAKEN_ON", "FILES", "AREA_MU"),
        *("APPLICATION_ID", "PLACE", "WELL_ID", "REPLACES", "RETIRED_IDS", "FIELDS", "APPROVAL_NO"),
        *(
            "EVENT_ID",
            "OBJECTION_ID",
            "RESULT",
            "REASON",
            "ANYWAY",
            "BY",
            "POLICY",
            "POLICY_FILE",
            "AS_OF",
            "SETTINGS",
            "LANGUAGE",
        ),
        "OUTPUT",
    ],
    "checkregister": [
        *(role for role in EVERY_ROLE if role != "CALENDAR"),
        *("OBJECTIONS", "CALENDAR", *COMMON, "LANGUAGE", "PROBLEMS", "COUNTS"),
    ],
    "classifywells": [
        *("WELLS", "ZONES", "UNITS", "IRRIGATION", "NETWORKS", "SCREENS"),
        *COMMON,
        *("DISTANCE_LIMIT", "POSITION_ACCURACY", "PERSONAL", "LANGUAGE", "OUTPUT"),
    ],
    "replacementledger": [
        *("WELLS", "ZONES", "UNITS", "SCREENS", "PAIRS", "EVENTS", "EVIDENCE", "READINGS", "APPLICATIONS"),
        *("PERMITS", "PERMIT_WELLS"),
        *COMMON,
        *("POSITION_ACCURACY", "READING", "POOL", "BASELINE", "LANGUAGE", "BALANCE", "LEDGER", "LINES"),
    ],
    "retirementbalance": [
        *("IRRIGATION", "UNITS", "EVENTS", "TARGETS"),
        *COMMON,
        *("BASELINE", "AREA_BASIS", "PARENT_SUM_ONLY", "LANGUAGE", "BALANCE"),
    ],
    "auditwells": [*EVERY_ROLE, *COMMON, "SETTINGS", "LANGUAGE", "FINDINGS", "COUNTS"],
    "quotabalance": [
        *ABSTRACTION,
        *COMMON,
        "SETTINGS",
        "LANGUAGE",
        "LEVEL",
        "SOURCE",
        "YEAR",
        "BALANCE",
        "FINDINGS",
    ],
    "allocatequota": [
        *(*ABSTRACTION, *COMMON, "SETTINGS", "LANGUAGE"),
        *(
            "LEVEL",
            "PARTS",
            "BASIS",
            "YEAR",
            "SOURCE",
            "CAPS",
            "BOUNDS",
            "WITHIN_PERMIT",
            "ALLOCATION",
            "FINDINGS",
        ),
    ],
    "overplanfees": [
        *(
            *ABSTRACTION,
            "PRICES",
            *COMMON,
            "SETTINGS",
            "LANGUAGE",
            "YEAR",
            "MODE",
            "BILLS",
            "TOTALS",
            "FINDINGS",
        ),
    ],
    "powertowater": [
        *("WELLS", "READINGS", "ACCOUNTS", "ACCOUNT_WELLS", "INDICES", "UNITS", "ZONES", "SCREENS"),
        *(*COMMON, "SETTINGS", "LANGUAGE", "LEVEL", "CALIBRATE", "STRATA"),
        *("MIN_COEFFICIENT", "MAX_COEFFICIENT", "MAX_DEVIATION", "MIN_WELLS", "CALIBRATION_YEARS"),
        *("VOLUMES", "COEFFICIENTS", "CALIBRATION", "FINDINGS"),
    ],
    "rankunits": [
        *("STATIONS", "LEVELS", *ABSTRACTION, *COMMON, "SETTINGS", "LANGUAGE"),
        *("MEASURE", "LEVEL", "PERIOD", "COMPARISON", "PREVIOUS", "SIGNED", "SOURCE", "RANKING"),
    ],
    "enforce": [
        *("WELLS", "ZONES", "UNITS", "IRRIGATION", "NETWORKS", "SCREENS"),
        *COMMON,
        *(role for role in EVERY_ROLE if role not in ENFORCE_FIRST),
        *("SETTINGS", "DISTANCE_LIMIT", "POSITION_ACCURACY", "READING", "POOL", "BASELINE"),
        *("RETIREMENT_BASELINE", "AREA_BASIS", "PARENT_SUM_ONLY", "FREEZE", "LANGUAGE", "OUTPUT", "REPORT"),
    ],
    "compareruns": [
        *(
            "BEFORE",
            "AFTER",
            "LANGUAGE",
            "TOTALS",
            "ENTERED",
            "LEFT",
            "CHANGED",
            "CHANGED_WELLS",
            "CHANGED_AREAS",
        ),
    ],
    "pairreplacements": [
        *("WELLS", "ZONES", "UNITS", "SCREENS", "APPLICATIONS", "EXISTING_PAIRS", "EVENTS", "EVIDENCE"),
        *("READINGS", "PERMITS", "PERMIT_WELLS", *COMMON, "MAX_SERVED", "ALLOW_UNSEALED", "MAX_DISTANCE"),
        *("W_DISTANCE", "W_VOLUME", "W_UNSEALED", "NEXT_BEST_FOR", "READING", "POOL", "BASELINE"),
        *("TIME_LIMIT", "RECORD", "PLAN_NAME", "BY", "LANGUAGE"),
        *("PAIRS", "LINES", "UNMET", "GROUPS", "NEXT_BEST"),
    ],
    "planretirement": [
        *("IRRIGATION", "WELLS", "WELL_AREAS", "UNITS", "TARGETS", "EVENTS", "ZONES", "SCREENS"),
        *("PERMITS", "PERMIT_WELLS", "READINGS", "INDICES", *COMMON, "SETTINGS", "LANGUAGE"),
        *("BASELINE", "AREA_BASIS", "PARENT_SUM_ONLY", "TARGET_YEAR", "FIRST_YEAR", "COST_FIELD"),
        *("YEARLY_MINIMUMS", "TOWNSHIP_CAP", "MIN_CLOSED_WELLS", "SAVING_TARGET", "SAVING_MEASURE"),
        *(
            "VOLUME_TARGETS",
            "RETURN_RATIO",
            "COMPACTNESS",
            "TOUCH_DISTANCE",
            "IGNORE_LOCKS",
            "SCENARIOS",
            "TIME_LIMIT",
        ),
        *("GAP_LIMIT", "RECORD", "PLAN_NAME", "BY", "PLAN", "RESULT", "CLOSING", "RELIEF", "SCENARIOS_OUT"),
    ],
    "closingorder": [
        *(
            "WELLS",
            "ZONES",
            "UNITS",
            "IRRIGATION",
            "NETWORKS",
            "ALTERNATIVES",
            "STATIONS",
            "SCREENS",
            "LEVELS",
        ),
        *(
            "READINGS",
            "PERMITS",
            "PERMIT_WELLS",
            "METERS",
            "ACCOUNTS",
            "ACCOUNT_WELLS",
            "WELL_AREAS",
            "EVENTS",
        ),
        *(*COMMON, "SETTINGS", "LANGUAGE", "WEIGHTS", "OUTPUT"),
    ],
    "verifyretirement": [
        *("RASTERS", "RASTER_DAYS", "IRRIGATION", "WELLS", "WELL_AREAS", "READINGS", "EVENTS", *COMMON),
        *("METHOD", "THRESHOLD", "MIN_SHARE", "NEIGHBOUR_DISTANCE", "MIN_PIXELS", "CLEAR_SHARE"),
        *("MIN_NEIGHBOURS", "CLEAR_RATIO", "NODATA", "LANGUAGE", "OUTPUT", "WELLS_OUT"),
    ],
    "vetsites": [
        *("APPLICATIONS", *(role for role in EVERY_ROLE if role != "APPLICATIONS")),
        *(*COMMON, "SETTINGS", "LANGUAGE", "OUTPUT", "FINDINGS"),
    ],
    "verifycasefile": ["CASE", "HEAD", "RUN", "LANGUAGE", "PROBLEMS"],
    "mergecases": ["CASES", "POLICY", "POLICY_FILE", "AS_OF", "SETTINGS", "LANGUAGE", "OUTPUT"],
    "exporttables": [
        *("CASE", "TABLES", "FORMATS", "COUNTY", "ZONE", "AUTHORITY", "BEGIN", "END"),
        *("PROFILE", "PERSON", "COORDINATE_DIGITS", "LANGUAGE", "OUTPUT"),
    ],
    "exportmaps": [
        *("CASE", "MAPS", "PROFILE", "COUNTY", "ZONE", "AUTHORITY", "BEGIN", "END", "PAPER", "ORIENTATION"),
        *("FORMAT", "AUTHOR", "LOGO", "OTHER", "LETTERS", "DPI", "LANGUAGE", "OUTPUT"),
    ],
    "publicnotice": [
        *("CASE", "ABOUT", "COUNTY", "ZONE", "AUTHORITY", "WELLS", "STATES", "UNIT", "PHONE", "ADDRESS"),
        *("MAILBOX", "BEGIN", "END", "DAYS", "ISSUED_ON", "BASIS", "ANNEX_MAP"),
        *("MAP", "FORMATS", "LANGUAGE", "OUTPUT"),
    ],
    "verdictslip": [
        *("CASE", "WELLS", "COUNTY", "ZONE", "AUTHORITY", "EACH", "TOGETHER", "FORMATS", "PROFILE", "PERSON"),
        *("LANGUAGE", "OUTPUT"),
    ],
    "officialletters": [
        *("CASE", "KIND", "WELLS", "APPLICATIONS", "UNIT", "TO", "DOC_NO", "PHONE", "ADDRESS", "ISSUED_ON"),
        *("END", "BASIS", "TEMPLATE", "FORMATS", "PROFILE", "PERSON", "LANGUAGE", "OUTPUT"),
    ],
}
OUTPUTS = {
    "createregister": ["OUTPUT"],
    "importlayer": [
        *(
            "OUTPUT",
            "PROBLEMS",
            "CONVERSIONS",
            "RAW_VALUES",
            "SET_ASIDE",
            "BATCH",
            "PERSONS",
            "SAVED_MAPPING",
        ),
        *("N_READ", "N_WRITTEN", "N_SET_ASIDE", "N_CHANGED", "N_ERROR", "N_WARNING", "N_NOTE"),
    ],
    "undoimport": ["OUTPUT"],
    "recordevent": ["OUTPUT", "EVENT", "N_RECORDED", "CREDIT_STATE"],
    "checkregister": ["PROBLEMS", "COUNTS", "N_ERROR", "N_WARNING", "N_NOTE", "N_ROWS"],
    "classifywells": ["OUTPUT"],
    "replacementledger": ["BALANCE", "LEDGER", "LINES"],
    "pairreplacements": [
        *("PAIRS", "LINES", "UNMET", "GROUPS", "NEXT_BEST"),
        *("SERVED", "COST", "GAP", "N_UNMET", "GREEDY_SERVED", "GREEDY_COST"),
    ],
    "retirementbalance": ["BALANCE"],
    "auditwells": ["FINDINGS", "COUNTS"],
    "quotabalance": ["BALANCE", "FINDINGS"],
    "allocatequota": ["ALLOCATION", "FINDINGS"],
    "overplanfees": ["BILLS", "TOTALS", "FINDINGS"],
    "powertowater": ["VOLUMES", "COEFFICIENTS", "CALIBRATION", "FINDINGS"],
    "rankunits": ["RANKING"],
    "enforce": ["OUTPUT", "REPORT", "N_FAIL", "N_REVIEW", "N_NOT_EVALUATED", "N_EXEMPT", "N_PASS"],
    "compareruns": ["TOTALS", "ENTERED", "LEFT", "CHANGED", "CHANGED_WELLS", "CHANGED_AREAS"],
    "planretirement": [
        *("PLAN", "RESULT", "CLOSING", "RELIEF", "SCENARIOS_OUT"),
        *("COST", "BONUS", "BOUND", "GAP", "GREEDY_COST", "STATUS"),
    ],
    "closingorder": ["OUTPUT"],
    "verifyretirement": [
        *("OUTPUT", "WELLS_OUT", "N_RESTORED", "N_DOUBTFUL", "N_CONFIRMED", "N_NOT_EVALUATED"),
    ],
    "vetsites": ["OUTPUT", "FINDINGS"],
    "verifycasefile": ["PROBLEMS", "N_ENTRIES", "N_PROBLEMS", "N_AFTER", "HEAD_NOW"],
    "mergecases": ["OUTPUT", "N_CASES", "N_READ", "N_SHARED", "N_ROWS"],
    "exporttables": ["OUTPUT", "N_TABLES", "N_ROWS", "N_FILES"],
    "exportmaps": ["OUTPUT", "N_PAGES", "N_FILES", "FILES"],
    "publicnotice": ["OUTPUT", "N_WELLS", "N_FINDINGS", "N_WORKDAYS", "N_FILES", "LAST_DAY"],
    "verdictslip": ["OUTPUT", "N_WELLS", "N_FINDINGS", "N_FILES"],
    "officialletters": ["OUTPUT", "N_LETTERS", "N_FILES"],
}
GROUPS = {
    "createregister": "register",
    "importlayer": "register",
    "undoimport": "register",
    "recordevent": "register",
    "checkregister": "register",
    "pairreplacements": "planning",
    "planretirement": "planning",
    "closingorder": "planning",
    "verifyretirement": "planning",
    "vetsites": "siting",
    "verifycasefile": "output",
    "mergecases": "output",
    "exporttables": "output",
    "exportmaps": "output",
    "publicnotice": "output",
    "verdictslip": "output",
    "officialletters": "output",
}
ALL = list(PARAMETERS)


@pytest.fixture(params=ALL)
def algorithm(request, provider):
    return provider.algorithm(request.param).create()


def optional(parameter):
    return bool(parameter.flags() & QgsProcessingParameterDefinition.Flag.FlagOptional)


def test_the_algorithms_are_these(provider):
    assert sorted(item.name() for item in provider.algorithms()) == sorted(ALL)
    assert provider.id() == "overdraft"
    assert [item.NAME for item in ALGORITHMS] == ALL


def test_names_have_not_changed(algorithm):
    name = algorithm.name()
    assert [item.name() for item in algorithm.parameterDefinitions()] == PARAMETERS[name]
    assert [item.name() for item in algorithm.outputDefinitions()] == OUTPUTS[name]
    assert algorithm.groupId() == GROUPS.get(name, "enforcement")


def test_no_role_is_mandatory_and_only_the_first_output_is(algorithm):
    for parameter in algorithm.parameterDefinitions():
        if parameter.name().lower() in register_schema().roles and not parameter.isDestination():
            assert optional(parameter), parameter.name()
    destinations = [item for item in algorithm.parameterDefinitions() if item.isDestination()]
    first = [False] if destinations else []  # undoimport changes a case file and makes no other
    assert [optional(item) for item in destinations] == first + [True] * (len(destinations) - len(first))


def test_policy_has_no_default_and_choices_are_words(algorithm):
    for parameter in algorithm.parameterDefinitions():
        if parameter.type() == "enum":
            assert parameter.usesStaticStrings(), parameter.name()
            assert parameter.defaultValue() is None, parameter.name()
            assert optional(parameter), parameter.name()


def test_policies_offered_are_those_that_load():
    assert policy_ids() == sorted(title.id for title in available_policies())


def test_lengths_say_their_unit(algorithm):
    for parameter in algorithm.parameterDefinitions():
        if parameter.name() in ("DISTANCE_LIMIT", "POSITION_ACCURACY"):
            assert "(m;" in parameter.description()


def test_works_in_models_and_in_a_thread(algorithm):
    flags = algorithm.flags()
    assert not flags & algorithm.FlagHideFromModeler
    # layouts may be drawn in the main thread only
    assert bool(flags & algorithm.FlagNoThreading) == (algorithm.name() == "exportmaps")
    assert not flags & algorithm.FlagHideFromToolbox


def test_icon_and_help_page_are_there(algorithm):
    assert not algorithm.icon().isNull()
    assert RESOURCES.joinpath("icons", f"{algorithm.name()}.svg").is_file()
    assert algorithm.helpUrl().startswith("file:")
    assert algorithm.helpUrl().endswith(f"index.html#{algorithm.name()}")


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", ALL)
def test_help_is_complete(name, language, provider):
    texts = algorithm_help(name, language)
    for part in ("title", "description", "method", "limit", "example"):
        assert getattr(texts, part).strip(), part
    assert len(texts.tags) >= 3
    algorithm = provider.algorithm(name).create()
    inputs = [item.name() for item in algorithm.parameterDefinitions() if not item.isDestination()]
    for parameter in inputs:
        assert texts.inputs.get(parameter, "").strip(), parameter
    assert list(texts.outputs) == OUTPUTS[name]
    assert all(text.strip() for text in texts.outputs.values())
    assert f"overdraft:{name}" in texts.example
    used = set(re.findall(r"\b([A-Z_]{3,})=", texts.example))
    assert used <= {*PARAMETERS[name]}, "the example uses parameters that do not exist"
    page = texts.page({item.name(): item.description() for item in algorithm.parameterDefinitions()})
    for parameter in inputs + OUTPUTS[name]:
        assert f"<code>{parameter}</code>" in page
    for table in texts.tables.values():
        from overdraft.core.schema import results_schema

        for field in results_schema().roles[table].fields:
            assert f"<code>{field}</code>" in page


@pytest.mark.parametrize("language", ["en", "zh"])
def test_help_texts_describe_nothing_that_does_not_exist(language):
    import tomllib

    everything = {name for names in PARAMETERS.values() for name in names}
    for path in (RESOURCES / "help" / FOLDERS[language]).glob("*.toml"):
        texts = tomllib.loads(path.read_text(encoding="utf-8"))
        known = everything if path.stem == "common" else {*PARAMETERS[path.stem]}
        assert set(texts.get("inputs", {})) <= known, path


def test_both_languages_have_the_same_files_and_parts():
    import tomllib

    def shape(folder):
        found = {}
        for path in (RESOURCES / "help" / folder).glob("*.toml"):
            texts = tomllib.loads(path.read_text(encoding="utf-8"))
            found[path.stem] = {
                key: sorted(value) if isinstance(value, dict) else type(value).__name__
                for key, value in texts.items()
            }
        return found

    assert shape("en") == shape("zh_CN")


def test_help_is_set_on_every_parameter_in_the_language_of_qgis(provider, monkeypatch):
    for locale, language in (("en_US", "en"), ("zh-Hans", "zh")):
        monkeypatch.setattr(QgsApplication, "locale", staticmethod(lambda locale=locale: locale))
        for name in ALL:
            algorithm = provider.algorithm(name).create()
            texts = algorithm_help(name, language)
            assert algorithm.displayName() == texts.title
            for parameter in algorithm.parameterDefinitions():
                assert parameter.help() == texts.parameter(parameter.name()) != ""
                assert parameter.description()


def test_labels_of_roles_are_those_of_the_register(provider, monkeypatch):
    monkeypatch.setattr(QgsApplication, "locale", staticmethod(lambda: "zh-Hans"))
    algorithm = provider.algorithm("enforce").create()
    assert algorithm.parameterDefinition("WELLS").description().startswith("机井")
    assert algorithm.parameterDefinition("ZONES").description() == register_schema().roles["zones"].zh
