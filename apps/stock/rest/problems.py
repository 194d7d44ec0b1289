"""The problems of the stock's own kinds."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from commerce.rest.problems import Problem, ProblemError, kinds, register

from ..domain.moves import LONGEST, MOST, Flaw, Outcome, Verdict
from ..interface import NotStarted, Waiting

register(
    "reservation-too-long",
    status=409,
    title="Kept aside for too long",
    text="Goods are kept aside for at most 30 minutes from the beginning of a reservation. Commit"
    " it, or let it go and make another one.",
)
register(
    "reservation-ended",
    status=409,
    title="The reservation has ended",
    text="It was committed or released, and that cannot be changed. Make another reservation.",
)
register(
    "goods-expected",
    status=409,
    title="Some goods are not here yet",
    text="The goods are sold, but some of them are still expected. Hand them over when they came.",
)
register(
    "sku-unknown",
    status=422,
    title="Unknown SKU",
    text="Neither the shelves nor the catalogue know this SKU. Check its spelling, or bring the"
    " product into the catalogue first.",
)
register(
    "location-unknown",
    status=422,
    title="Unknown location",
    text="There is no location with this code. List the locations, or add it first.",
)
register(
    "location-exists",
    status=409,
    title="There is such a location",
    text="Another location has this code. Change that one, or choose another code.",
)
register(
    "location-invalid",
    status=422,
    title="The location does not fit together",
    text="A vendor's place names its vendor and our own names none; a latitude goes with a"
    " longitude. `errors` says what is wrong.",
)
register(
    "level-below-zero",
    status=409,
    title="Not that many are there",
    text="The movement would leave fewer than zero units; nothing was changed."
    " `errors[].meta.on_hand` says how many are there.",
)
register(
    "level-below-promised",
    status=409,
    title="Units are promised to carts and orders",
    text="The movement would leave fewer units than are promised; nothing was changed. Cancel"
    " orders or wait for the carts first; `errors[].meta.promised` says how many it is about.",
)
register(
    "level-too-high",
    status=422,
    title="More than a level can have",
    text="The movement would leave more than 2,147,483,647 units in one place; nothing was changed."
    " Check the quantity.",
)
register(
    "movement-invalid",
    status=422,
    title="The movement makes no sense",
    text="A quantity, the reason or the target does not suit the kind of movement; `errors` says"
    " which one and why.",
)
register(
    "movements-rejected",
    status=422,
    title="Nothing was moved",
    text="With `error_policy=reject_all` one bad line keeps all of them out. `errors` lists the"
    " first hundred; mend them and send the lines again.",
)


def early(pointer: str | None, refusal: NotStarted) -> Problem:
    """Say when a sale starts."""
    meta = {
        "sku": refusal.sku,
        "starts_at": refusal.starts_at.isoformat(),
        "line": line_of(refusal.sku),
    }
    return Problem(
        "not-started", errors=[ProblemError(pointer=pointer, code="not-started", meta=meta)]
    )


def in_line(pointer: str | None, refusal: Waiting) -> Problem:
    """Say that somebody has to be let in first."""
    meta = {"sku": refusal.sku, "position": refusal.position, "line": line_of(refusal.sku)}
    return Problem("waiting", errors=[ProblemError(pointer=pointer, code="waiting", meta=meta)])


def line_of(sku: str) -> str:
    """Say where a cart takes its place in the line of a SKU's sale."""
    return f"/api/stock/v1/sales/{quote(sku, safe='')}/places"


REFUSALS = (
    "sku-unknown",
    "location-unknown",
    "level-below-zero",
    "level-below-promised",
    "level-too-high",
)
FLAWS: Mapping[Flaw, tuple[str, str]] = {
    Flaw.TOO_FEW: ("quantity", "Give the units as a positive number; a count may be 0."),
    Flaw.TOO_MUCH: ("quantity", f"A quantity has at most {MOST:,} units."),
    Flaw.NOTHING: ("quantity", "A correction by 0 units corrects nothing."),
    Flaw.NO_REASON: ("reason", "Say why the figure is corrected."),
    Flaw.TOO_LONG: ("reason", f"A text has at most {LONGEST} characters."),
    Flaw.NO_TARGET: ("to", "Say to which location the units go."),
    Flaw.SAME_PLACE: ("to", "The units are at that location already."),
    Flaw.NEEDLESS_TARGET: ("to", "Only `moved` has a target; leave `to` out."),
}


def invalid(flaws: Sequence[tuple[Flaw, str]]) -> Problem:
    """Say of each pointer to a line what is wrong with it."""
    return Problem("movement-invalid", errors=[flaw_error(*each) for each in flaws])


def flaw_error(flaw: Flaw, pointer: str) -> ProblemError:
    """Point to the field that is wrong; only quantities are said line by line."""
    field, detail = FLAWS[flaw]
    place = f"{pointer}/{field}" if field == "quantity" else f"/{field}"
    return ProblemError(pointer=place, code=flaw.value, detail=detail)


def impossible(refused: Sequence[tuple[Outcome, str]]) -> Problem:
    """Say of each line why the shelf does not give it, under the code of the first."""
    errors = [refusal_error(*each) for each in refused]
    return Problem(errors[0].code, errors=errors)


def refusal_error(outcome: Outcome, pointer: str) -> ProblemError:
    """Point to a line that is impossible."""
    code = outcome.verdict.value
    return ProblemError(pointer=pointer, code=code, detail=kinds[code].title, meta=meta(outcome))


def meta(outcome: Outcome) -> dict[str, Any]:
    """Tell what a client needs to know to ask for less."""
    told: dict[str, Any] = {"sku": outcome.move.sku, "location": outcome.move.location}
    if outcome.verdict is Verdict.BELOW_ZERO:
        told["on_hand"] = outcome.on_hand
    if outcome.verdict is Verdict.BELOW_PROMISED:
        told |= {"on_hand": outcome.on_hand, "promised": outcome.promised}
    return told
