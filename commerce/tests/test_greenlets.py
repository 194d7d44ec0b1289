"""Requests that share a thread: each gives way where it waits, and what one does is its own."""

import functools
import select
import threading
from contextlib import closing
from contextvars import ContextVar

import pytest
from django.core.exceptions import SynchronousOnlyOperation
from django.db import DataError, OperationalError, connection, connections
from redis.exceptions import ConnectionError, RedisError

from commerce import greenlets, postgres
from commerce.postgres import shared, unsent
from commerce.redis import client, lines, script
from commerce.testing.light import together

ECHO = "return ARGV[1]"
mark = ContextVar("mark", default="nobody's")


def test_others_go_on_where_one_waits():
    story = []

    def somebody(name, pause):
        story.append(f"{name} begins")
        greenlets.sleep(pause)
        story.append(f"{name} ends")

    together(lambda: somebody("one", 0.05), lambda: somebody("two", 0.001))
    assert story == ["one begins", "two begins", "two ends", "one ends"]


def test_an_answer_and_an_error_come_back():
    def fails():
        greenlets.sleep(0)
        raise LookupError

    answer, error = together(lambda: 7, fails)
    assert answer == 7
    assert isinstance(error, LookupError)


def test_an_error_of_what_is_awaited_is_raised_where_it_is_awaited():
    async def broken():
        raise LookupError

    def careful():
        try:
            greenlets.wait(broken())
        except LookupError:
            return "caught"

    assert together(careful) == ["caught"]


def test_each_has_its_own_context():
    def somebody(name):
        mark.set(name)
        greenlets.sleep(0.001)
        return mark.get(), greenlets.aside(mark.get)

    assert together(lambda: somebody("one"), lambda: somebody("two")) == [
        ("one", "one"),
        ("two", "two"),
    ]
    assert mark.get() == "nobody's"


def test_what_blocks_is_done_in_a_thread():
    here = threading.get_ident()
    (there,) = together(lambda: greenlets.aside(threading.get_ident))
    assert there != here == greenlets.aside(threading.get_ident)


@pytest.mark.django_db(transaction=True)
def test_nobody_blocks_the_others_with_the_orm():
    (refusal,) = together(connection.cursor)
    assert isinstance(refusal, SynchronousOnlyOperation)


def asks(sql, *parameters):
    return lambda: postgres.ask(sql, *parameters)


@pytest.mark.django_db(transaction=True)
def test_many_statements_are_under_way_on_one_connection():
    asked = [asks("SELECT %s::integer, pg_backend_pid()", number) for number in range(50)]
    numbers, backends = zip(*(rows[0] for rows in together(*asked)), strict=True)
    assert numbers == tuple(range(50))
    assert len(set(backends)) == 1


@pytest.mark.django_db(transaction=True)
def test_a_statement_fails_alone():
    asked = [asks("SELECT 1 / %s::integer", number) for number in (1, 0, 1)]
    one, failure, other = together(*asked)
    assert one == other == [(1,)]
    assert failure.__cause__.sqlstate == "22012"


@pytest.mark.django_db(transaction=True)
def test_each_statement_is_a_transaction_of_its_own():
    asked = [asks("SELECT pg_current_xact_id()::text") for _ in range(3)]
    assert len({rows[0][0] for rows in together(*asked)}) == 3


@pytest.mark.django_db(transaction=True)
def test_a_statement_that_could_not_be_prepared_is_prepared_anew():
    def one_after_another():
        for _ in range(2):
            with pytest.raises(Exception, match="no_such_table"):
                postgres.ask("SELECT * FROM no_such_table")
            with pytest.raises(DataError):
                postgres.ask("SELECT 1 / %s::integer", 0)
            assert postgres.ask("SELECT 1 / %s::integer", 1) == [(1,)]
        return postgres.ask("SELECT 'a%%b'")

    assert together(one_after_another) == [[("a%b",)]]


@pytest.mark.django_db(transaction=True)
def test_nobody_waits_behind_somebody_who_waits_for_a_lock():
    done = []

    def waits():
        postgres.ask("SELECT pg_sleep(1)::text")
        done.append("waits")

    def others():
        greenlets.sleep(2 * shared.STALLED)
        postgres.ask("SELECT 1")
        done.append("others")

    together(waits, others)
    assert done == ["others", "waits"]


@pytest.mark.django_db(transaction=True)
def test_there_are_few_connections_however_many_stall():
    def somebody(number):
        greenlets.sleep(2 * shared.STALLED * number)
        return postgres.ask("SELECT pg_backend_pid(), pg_sleep(0.2)::text")

    asked = [functools.partial(somebody, number) for number in range(8)]
    backends = {rows[0][0] for rows in together(*asked)}
    assert 1 < len(backends) <= shared.LINES


@pytest.mark.django_db(transaction=True)
def test_who_waits_for_a_connection_that_ends_is_told_and_the_next_has_another():
    def loses_it():
        with pytest.raises(OperationalError):
            postgres.ask("SELECT pg_terminate_backend(pg_backend_pid())")
        return postgres.ask("SELECT 2")

    assert together(loses_it) == [[(2,)]]


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_ended_meanwhile_is_not_used_again():
    def is_lucky():
        ((process,),) = postgres.ask("SELECT pg_backend_pid()")
        greenlets.aside(dismiss, process)
        greenlets.sleep(0.05)
        return postgres.ask("SELECT 2")

    assert together(is_lucky) == [[(2,)]]


def dismiss(process):
    other = connections.create_connection("default")
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 1000)", [process])
    other.close()


@pytest.mark.django_db(transaction=True)
def test_a_server_that_is_away_fails_as_django_says_it(monkeypatch):
    monkeypatch.setitem(connections.settings["default"], "PORT", "1")
    [failure] = together(lambda: postgres.ask("SELECT 1"))
    assert type(failure) is OperationalError


@pytest.mark.django_db(transaction=True)
def test_nobody_waits_for_a_server_that_says_nothing(monkeypatch):
    monkeypatch.setattr(shared, "PATIENCE", 0.1)

    def waits():
        with pytest.raises(OperationalError, match="does not answer"):
            postgres.ask("SELECT pg_sleep(2)::text")
        return postgres.ask("SELECT 2")

    assert together(waits) == [[(2,)]]


def test_everybody_hears_the_answer_to_his_own_question():
    echo = script("default", ECHO)
    client("default").script_flush()
    asked = [lambda number=number: echo(keys=[], args=[number]) for number in range(50)]
    assert together(*asked) == [str(number).encode() for number in range(50)]


def test_an_error_of_redis_is_of_one_question_only():
    fail = script("default", "return redis.error_reply('no')")
    echo = script("default", ECHO)
    failure, answer = together(
        lambda: fail(keys=[], args=[]), lambda: echo(keys=[], args=["hello"])
    )
    assert str(failure) == "no"
    assert answer == b"hello"


def test_the_conversation_with_redis_begins_anew():
    numbers = []

    def loses_it():
        numbers.append(lines("default").ask("CLIENT", "ID"))
        with pytest.raises(ConnectionError):
            lines("default").ask("BLPOP", "an empty list", 1)
        return lines("default").ask("PING")

    def ends_it():
        greenlets.sleep(0.1)
        greenlets.aside(client("default").client_kill_filter, _id=numbers[0])

    assert together(loses_it, ends_it)[0] == b"PONG"


def test_a_silent_redis_is_given_up():
    def waits():
        with pytest.raises(RedisError, match="does not answer"):
            lines("default").ask("BLPOP", "an empty list", 2)
        return lines("default").ask("PING")

    assert together(waits) == [b"PONG"]


def test_what_is_told_is_done_before_what_is_asked_next():
    keep = script("default", "return redis.call('SET', KEYS[1], ARGV[1])")

    def tells():
        keep.soon(keys=["mug"], args=[7])
        return lines("default").ask("GET", "mug")

    assert together(tells) == [b"7"]


def test_a_connection_may_be_lost_any_number_of_times():
    for _ in range(120):
        line = lines("default").line()
        line.greeted.disconnect()
    assert lines("default").ask("PING") == b"PONG"


@pytest.mark.django_db(transaction=True)
def test_a_statement_leaves_when_everything_asked_in_the_same_turn_has_been_asked():
    with closing(shared.connected()) as opened:
        server = opened.pgconn
        server.nonblocking = 1
        server.enter_pipeline_mode()
        server.send_query_params(b"SELECT 1", None)
        unsent.sync(server)
        assert not select.select([server.socket], [], [], 0.1)[0]
        server.flush()
        assert select.select([server.socket], [], [], 5)[0]
