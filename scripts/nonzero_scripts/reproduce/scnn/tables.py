"""The published tables that studies stand beside, and the text of their cells."""

from collections.abc import Mapping
from typing import Any

Published = Mapping[str, Any]


def rows_of(published: Published, table: str) -> list[dict[str, Any]]:
    columns = published[table]["columns"]
    return [dict(zip(columns, row, strict=True)) for row in published[table]["rows"]]


def by_first_column(published: Published, table: str) -> dict[Any, dict[str, Any]]:
    first = published[table]["columns"][0]
    return {row[first]: row for row in rows_of(published, table)}


def remark_of(published: Published, table: str) -> str:
    """What is published beside the numbers, with its source."""
    return f"{published[table]['remark']} [{published[table]['source']}]"


def text(value: float | None, decimals: int = 2) -> str:
    return "" if value is None else f"{value:.{decimals}f}"
