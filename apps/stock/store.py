"""The lines of sales in Redis: who waits in which order, and who is still there.

Redis may lose a line at any time. Numbers are on the tickets that people have, and who was let in
is in PostgreSQL; both come back with the people, and nobody is let in until they had time to.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from redis.exceptions import RedisError

from commerce.redis import script
from commerce.services import ServiceUnavailable

AWAY = 60_000  # milliseconds without a question until somebody is passed over
GATHER = 20_000  # milliseconds that people have to come back to a line that was lost
TICK = 200  # milliseconds between two looks whom to let in
KEPT = 2 * 24 * 3600  # seconds a line is kept after its last question
MOST_PASSED_OVER = 1000  # at one look

NOW = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local waiting, seen, blocks, block_of, line = unpack(KEYS)
local function leave(cart)
    redis.call('ZREM', waiting, cart)
    redis.call('ZREM', seen, cart)
    local block = redis.call('HGET', block_of, cart)
    if block then
        redis.call('HDEL', block_of, cart)
        if redis.call('HINCRBY', blocks, block, -1) < 1 then redis.call('HDEL', blocks, block) end
    end
end
local function pass(number)
    if tonumber(number) > tonumber(redis.call('HGET', line, 'head') or '0') then
        redis.call('HSET', line, 'head', number)
    end
end
"""
# Returns number, head, whether nothing is left, and whether it is time to let people in; or 0 for
# a cart that is not in the line.
ASK = """
local number = redis.call('ZSCORE', waiting, ARGV[1])
if not number then return {0, 0, 0, 0} end
redis.call('ZADD', seen, now, ARGV[1])
local state = redis.call('HMGET', line, 'head', 'gone', 'tick', 'gather')
local due = 0
if now >= tonumber(state[3] or '0') + tonumber(ARGV[2]) and now >= tonumber(state[4] or '0') then
    redis.call('HSET', line, 'tick', now)
    due = 1
end
return {tonumber(number), tonumber(state[1] or '0'), tonumber(state[2] or '0'), due}
"""
# Returns 1, 0 if the block has as many places as it may, or -1 if the line is not known and the
# caller has not said how far it was.
JOIN = """
local cart, ticket, block, most, last, head, gather, kept = unpack(ARGV)
if redis.call('ZSCORE', waiting, cart) then return 1 end
if redis.call('EXISTS', line) == 0 then
    if last == '' then return -1 end
    redis.call('HSET', line, 'last', last, 'head', head)
    if tonumber(last) > 0 or ticket ~= '' then redis.call('HSET', line, 'gather', now + gather) end
end
if block ~= '' then
    if tonumber(redis.call('HGET', blocks, block) or '0') >= tonumber(most) then return 0 end
    redis.call('HINCRBY', blocks, block, 1)
    redis.call('HSET', block_of, cart, block)
end
local number = ticket
if number == '' then
    number = redis.call('HINCRBY', line, 'last', 1)
elseif tonumber(number) > tonumber(redis.call('HGET', line, 'last')) then
    redis.call('HSET', line, 'last', number)
end
redis.call('ZADD', waiting, number, cart)
redis.call('ZADD', seen, now, cart)
for _, key in ipairs(KEYS) do redis.call('EXPIRE', key, kept) end
return 1
"""
# Returns the last number given, and carts and numbers of those in front who are there.
FRONT = """
local most, away, passes = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local found, place = {redis.call('HGET', line, 'last') or '0'}, 0
while #found < 2 * most do
    local next = redis.call('ZRANGE', waiting, place, place, 'WITHSCORES')
    if #next == 0 then break end
    local at = tonumber(redis.call('ZSCORE', seen, next[1]) or '0')
    if at >= now - away then
        found[#found + 1] = next[1]
        found[#found + 1] = next[2]
        place = place + 1
    else
        if passes == 0 then break end
        passes = passes - 1
        leave(next[1])
        pass(next[2])
    end
end
return found
"""
LET_IN = """
redis.call('HSET', line, 'gone', ARGV[1])
for index = 2, #ARGV do
    local number = redis.call('ZSCORE', waiting, ARGV[index])
    if number then
        leave(ARGV[index])
        pass(number)
    end
end
return 1
"""
HAND_OVER = """
local cart, to, admitted = unpack(ARGV)
local number, own = redis.call('ZSCORE', waiting, cart), redis.call('ZSCORE', waiting, to)
local block = redis.call('HGET', block_of, cart)
leave(cart)
if admitted == '1' then
    leave(to)
elseif number and not own then
    redis.call('ZADD', waiting, number, to)
    redis.call('ZADD', seen, now, to)
    if block then
        redis.call('HSET', block_of, to, block)
        redis.call('HINCRBY', blocks, block, 1)
    end
elseif number and tonumber(number) < tonumber(own) then
    redis.call('ZADD', waiting, number, to)
end
return 1
"""


def ask(sale: UUID, cart: UUID) -> tuple[int, int, bool, bool]:
    """Note that a cart is there; see ASK for the answer."""
    number, head, gone, due = run(ASK, sale, str(cart), TICK)
    return number, head, bool(gone), bool(due)


@dataclass(frozen=True)
class Newcomer:
    """A cart that joins a line, at its ticket's number or at the end."""

    sale: UUID
    cart: UUID
    number: int | None
    origin: str
    most: int  # carts of one origin that may wait at once


def join(who: Newcomer, last: int | None = None, head: int | None = None) -> bool | None:
    """Put a cart in the line; False if too many of its origin are there.

    None if the line is unknown or was lost, and the last number given and the last one let in
    have to be said.
    """
    number, origin = "" if who.number is None else who.number, who.origin
    far = ("", "") if last is None or head is None else (last, head)
    answer = run(JOIN, who.sale, str(who.cart), number, origin, who.most, *far, GATHER, KEPT)
    return None if answer < 0 else bool(answer)


def front(sale: UUID, most: int) -> tuple[int, list[tuple[UUID, int]]]:
    """Return the last number given and who is next; whoever is away is passed over."""
    last, *found = run(FRONT, sale, most, AWAY, MOST_PASSED_OVER)
    pairs = zip(found[::2], found[1::2], strict=True)
    return int(last), [(UUID(cart.decode()), int(float(number))) for cart, number in pairs]


def let_in(sale: UUID, carts: Sequence[UUID], *, gone: bool) -> None:
    """Take those who are in out of the line, and note whether anything is left."""
    run(LET_IN, sale, int(gone), *map(str, carts))


def waiting(sale: UUID) -> int:
    """Count who stands in a line."""
    return int(run("return redis.call('ZCARD', waiting)", sale))


def hand_over(sale: UUID, cart: UUID, to: UUID, *, admitted: bool) -> None:
    """Put a cart in another one's place if that is better; who is admitted needs none."""
    run(HAND_OVER, sale, str(cart), str(to), int(admitted))


def run(source: str, sale: UUID, *values: str | int) -> Any:
    """Run a script on the keys of a line, which a cluster keeps together."""
    keys = [f"line:{{{sale}}}:{part}" for part in ("waiting", "seen", "blocks", "block", "line")]
    try:
        return script("default", NOW + source)(keys=keys, args=values)
    except RedisError as problem:
        raise ServiceUnavailable(reason=f"lines: {problem}") from problem
