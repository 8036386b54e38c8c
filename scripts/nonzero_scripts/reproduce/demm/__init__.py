"""DeMM (Peltekis et al., IEEE CAL 2024) and the systolic engines beside it."""

from ..system import PUBLISHED, System
from .studies import STUDIES
from .targets import TARGETS

SYSTEM = System(
    name="demm",
    title="DeMM: published figures and ours",
    caveat="The paper's full text was not available: its 18, 54 and 67 % are a recollection that could not be "
    "confirmed, and most of what is exact here is calculated from the same rules, not published by it [5, 10].",
    facts="models/demm_facts.md",
    published=PUBLISHED / "demm.json",
    targets=TARGETS,
    independent=frozenset({"V3", "V6", "4.1", "4.3", "4.4", "10.7", "10.8"}),
    studies=STUDIES,
)
