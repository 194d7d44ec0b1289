"""Questions that several pieces of code ask at the same time."""

import asyncio

import pytest

from commerce import greenlets
from commerce.greenlets import Turns
from commerce.together import Together


class Book:
    """Answers after a while, and remembers what it was asked."""

    def __init__(self):
        self.asked = []
        self.fails = False

    def __call__(self, keys):
        self.asked.append(set(keys))
        greenlets.sleep(0.01)
        if self.fails:
            raise LookupError("closed")
        return {key: key.upper() for key in keys}


@pytest.fixture
def book():
    return Book()


def crowd(ask, *wishes):
    """Let everybody ask at once; gives what each was told, or the error."""

    def one(keys):
        try:
            found = ask(keys)
            return {key: found[key] for key in keys}
        except LookupError as problem:
            return problem

    async def all_of_them():
        turns, told = Turns(100), [asyncio.get_running_loop().create_future() for _ in wishes]
        for keys, future in zip(wishes, told, strict=True):
            turns.begin(lambda keys=keys: one(keys), future.set_result)
        return await asyncio.wait_for(asyncio.gather(*told), 5)

    return asyncio.run(all_of_them())


def test_who_comes_while_somebody_asks_is_asked_for_together_in_the_next_round(book):
    told = crowd(Together(book, at_once=1), ("a",), ("b", "a"), ("c",), ("b",))
    assert told == [{"a": "A"}, {"a": "A", "b": "B"}, {"c": "C"}, {"b": "B"}]
    assert book.asked == [{"a"}, {"a", "b", "c"}]


def test_so_many_rounds_are_under_way_at_once(book):
    crowd(Together(book, at_once=2), *[(name,) for name in "abcde"])
    assert book.asked == [{"a"}, {"b"}, {"c", "d", "e"}]


def test_each_round_is_asked_anew(book):
    ask = Together(book)
    assert crowd(ask, ("a",)) == crowd(ask, ("a",)) == [{"a": "A"}]
    assert book.asked == [{"a"}, {"a"}]


def test_an_error_is_everybodys_in_the_round_and_not_of_the_next(book):
    ask = Together(book, at_once=1)
    book.fails = True
    told = crowd(ask, ("a",), ("b",), ("c",))
    assert [str(each) for each in told] == ["closed"] * 3
    book.fails = False
    assert crowd(ask, ("a",), ("b",)) == [{"a": "A"}, {"b": "B"}]


def test_who_has_a_thread_of_his_own_asks_alone(book):
    assert Together(book)(("a", "b")) == {"a": "A", "b": "B"}
