"""SCNN (Parashar et al., ISCA 2017)."""

from pathlib import Path

from ..system import System
from .studies import STUDIES
from .targets import TARGETS

SYSTEM = System(
    name="scnn",
    title="SCNN: the paper's figures and ours",
    paper="A. Parashar et al., *SCNN: An Accelerator for Compressed-sparse Convolutional Neural Networks*, ISCA 2017",
    caveat="The model is not tuned to this table, but Kc 8, DCNN's normalised rule and the stem in the density sweep "
    "were settled with V3, V4 and V7 in view [4.3], so that their agreement confirms little.",
    facts="models/scnn_facts.md",
    published=Path(__file__).with_name("published.json"),
    targets=TARGETS,
    independent=frozenset({"4.1", "4.2", "10.1", "10.9", "10.11"}),
    studies=STUDIES,
)
