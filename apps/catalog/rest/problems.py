"""The problems of writing the catalogue."""

from collections.abc import Iterable

from commerce.rest.problems import Problem, ProblemError, register

register(
    "catalog-refused",
    status=422,
    title="The catalogue cannot keep this",
    text="Nothing was changed. Each of `errors` is a sentence that names what is wrong: a missing"
    " attribute, a slug that another product has, a bundle that would hold itself.",
)


def refused(problems: Iterable[str]) -> Problem:
    """Say why something cannot be kept."""
    errors = [ProblemError(code="refused", detail=problem) for problem in problems]
    return Problem("catalog-refused", errors=errors)


def stale(version: int) -> Problem:
    """Say that somebody else was faster, and what the version is now."""
    return Problem("precondition-failed", headers={"ETag": f'"{version}"'})
