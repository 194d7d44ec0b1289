"""Judging answers by what people found good."""

import io

import pytest
from django.core.management import CommandError, call_command

from .test_search import empty_house, shelve  # noqa: F401

pytestmark = pytest.mark.django_db


@pytest.fixture
def both_ways():
    """Let answers be judged once: they are the same whoever gives them."""


@pytest.fixture
def mugs(empty_house):  # noqa: F811
    shelve("MUG", "Mug")
    shelve("TEE", "Shirt", description={"en": "Goes with a mug"})


def judged(folder, *rows: str) -> list[str]:
    file, told = folder / "judgements.csv", io.StringIO()
    file.write_text("\n".join(["query,product,grade", *rows]))
    call_command("judge_search", str(file), stdout=told)
    return told.getvalue().splitlines()


def test_the_best_order_scores_one(mugs, tmp_path):
    assert judged(tmp_path, "mug,mug,3", "mug,TEE,1") == [
        "1.000  mug",
        "1.000  nDCG@10 of 1 questions",
    ]


def test_a_worse_order_scores_less(mugs, tmp_path):
    worst, best, mean = judged(tmp_path, "mug,tee,3", "mug,mug,0", "shirt,tee,2")
    assert (worst, best) == ("0.631  mug", "1.000  shirt")
    assert mean == "0.815  nDCG@10 of 2 questions"


@pytest.mark.parametrize("row", ["mug,mug,best", "mug,mug,7", "mug", "mug,mug,nan"])
def test_says_what_is_wrong_with_a_judgement(mugs, tmp_path, row):
    with pytest.raises(CommandError, match="needs a query, a product and a grade"):
        judged(tmp_path, row)
