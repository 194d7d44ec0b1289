"""Nothing is prepared twice for the same code."""

from pathlib import Path

import pytest

from commerce.demo import preparation
from commerce.demo.preparation import Code


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(preparation, "ROOT", tmp_path)
    for name in (
        "apps/stock/models.py",
        "apps/stock/static/stock.css",
        "apps/stock/tests/test_a.py",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("as it was")
    return tmp_path


@pytest.mark.parametrize(
    ("edited", "stale"),
    [
        ("apps/stock/models.py", {"database"}),
        ("apps/stock/static/stock.css", {"static"}),
        ("apps/stock/tests/test_a.py", set()),
        ("apps/stock/migrations/0001_initial.py", {"database"}),
    ],
)
def test_only_what_an_edit_touches_is_prepared_again(
    checkout: Path, edited: str, stale: set[str]
) -> None:
    noted = checkout / "prepared"
    for name in ("database", "static"):
        Code().note(noted, name)
        assert Code().fits(noted, name)
    (checkout / edited).parent.mkdir(exist_ok=True)
    (checkout / edited).write_text("something else")
    assert {name for name in ("database", "static") if not Code().fits(noted, name)} == stale


def test_new_server_is_prepared(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Code().note(checkout / "prepared", "database")
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere/shop")
    assert not Code().fits(checkout / "prepared", "database")
