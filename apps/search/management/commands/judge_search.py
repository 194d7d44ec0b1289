"""Report how well searches are answered, from what people judged."""

import csv
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.search.service.judge import Judgement, judge


class Command(BaseCommand):
    """manage.py judge_search judgements.csv"""

    help = "Report nDCG@10 from a CSV of query, product (SKU or slug) and grade (0 to 3)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the file and the language of its questions."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--language", default="en")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print each question, the worst answered first, and the mean."""
        scores = judge(read(options["file"]), options["language"])
        for query, score in sorted(scores.items(), key=lambda each: each[1]):
            self.stdout.write(f"{score:.3f}  {query}")
        mean = sum(scores.values()) / len(scores)
        self.stdout.write(f"{mean:.3f}  nDCG@10 of {len(scores)} questions")


def read(file: Path) -> list[Judgement]:
    """Read judgements, or say what is wrong with the file."""
    try:
        with file.open(newline="", encoding="utf-8-sig") as lines:
            found = [judgement(row) for row in csv.DictReader(lines)]
    except (OSError, UnicodeDecodeError) as problem:
        raise CommandError(f"{file} cannot be read: {problem}") from problem
    except (KeyError, TypeError, ValueError) as problem:
        raise CommandError(
            f"{file}: every row needs a query, a product and a grade from 0 to 3 ({problem})."
        ) from problem
    if not found:
        raise CommandError(f"{file} has no judgement.")
    return found


def judgement(row: dict[str, str]) -> Judgement:
    """Read one row."""
    grade = float(row["grade"])
    if not 0 <= grade <= 3:
        raise ValueError(row["grade"])
    return Judgement(row["query"], row["product"], grade)
