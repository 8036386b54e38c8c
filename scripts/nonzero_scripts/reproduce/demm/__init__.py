"""DeMM (Peltekis et al., IEEE CAL 2024) and the systolic engines beside it."""

from pathlib import Path

from ..system import System
from .studies import STUDIES
from .targets import TARGETS

SYSTEM = System(
    name="demm",
    title="DeMM: published figures and ours",
    paper="C. Peltekis et al., *DeMM: A Decoupled Matrix Multiplication Engine Supporting Relaxed Structured "
    "Sparsity*, IEEE Computer Architecture Letters 2024",
    caveat="The paper's full text was not available: its 18, 54 and 67 % are a recollection that could not be "
    "confirmed, and most of what is exact here is calculated from the same rules, not published by it [5, 10].",
    facts="models/demm_facts.md",
    published=Path(__file__).with_name("published.json"),
    targets=TARGETS,
    independent=frozenset({"V3", "V6", "4.1", "4.3", "4.4", "10.7", "10.8"}),
    studies=STUDIES,
)
