"""Spreading: how an amount is shared out to the cent."""

from collections.abc import Sequence


def spread(amount: int, weights: Sequence[int]) -> list[int]:
    """Share an amount out in proportion to weights.

    Each share is rounded, a half down; the cents that remain go one each to the first, and what
    rounding gave out too much is taken back one each from the first that got something.
    """
    total = sum(weights)
    if not total:
        return [0] * len(weights)
    shares = [(2 * amount * weight + total - 1) // (2 * total) for weight in weights]
    left = amount - sum(shares)
    step = 1 if left > 0 else -1
    while left:
        for index, weight in enumerate(weights):
            if left and (weight if step > 0 else shares[index]):
                shares[index] += step
                left -= step
    return shares


def spread_within(amount: int, weights: Sequence[int], room: Sequence[int]) -> list[int]:
    """Share out in proportion to weights, to nobody more than there is room for.

    What one cannot take is shared out again among the others; what nobody can take is not given.
    """
    given = spread(amount, weights)
    if all(part <= space for part, space in zip(given, room, strict=True)):
        return given
    given = [0] * len(weights)
    open_ = [index for index, space in enumerate(room) if space > 0 and weights[index] > 0]
    while amount and open_:
        shares = spread(amount, [weights[index] for index in open_])
        for index, part in zip(open_, shares, strict=True):
            fits = min(part, room[index] - given[index])
            given[index] += fits
            amount -= fits
        if all(part == 0 for part in shares):
            break
        open_ = [index for index in open_ if given[index] < room[index]]
    return given
