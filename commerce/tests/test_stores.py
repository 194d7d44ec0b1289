"""Connections are kept from request to request, and one that died meanwhile is not used again."""

import pytest
from django.db import OperationalError, close_old_connections, connection, connections
from redis.exceptions import ConnectionError, RedisError

from commerce import postgres
from commerce.redis import client, lines, script

ECHO = "return ARGV[1]"


def backend():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return cursor.fetchone()[0]


def dismiss(process):
    other = connections.create_connection("default")
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s, 1000)", [process])
    finally:
        other.close()


@pytest.fixture
def _kept():
    connection.close()
    connection.settings_dict["CONN_MAX_AGE"] = None
    yield
    connection.close()
    connection.settings_dict["CONN_MAX_AGE"] = 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_kept")
def test_a_connection_is_kept_until_the_server_closes_it():
    first = backend()
    close_old_connections()
    assert backend() == first
    dismiss(first)
    close_old_connections()
    assert backend() != first


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_kept")
def test_without_looking_a_dead_connection_fails():
    dismiss(backend())
    with pytest.raises(OperationalError):
        backend()


@pytest.mark.django_db(transaction=True)
def test_the_server_keeps_what_is_prepared():
    for number in range(3):
        with postgres.prepared() as cursor:
            cursor.execute("SELECT %s::integer + 1", [number])
            assert cursor.fetchall() == [(number + 1,)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%+ 1'")
        assert cursor.fetchone() == (1,)


def test_nobody_waits_for_a_redis_that_says_nothing():
    free = len(lines("default").free)
    with pytest.raises(RedisError, match="does not answer"):
        lines("default").ask("BLPOP", "an empty list", 2)
    assert len(lines("default").free) <= free


def test_a_script_that_redis_forgot_is_told_again():
    echo = script("default", ECHO)
    assert echo(keys=[], args=["hello"]) == b"hello"
    client("default").script_flush()
    assert echo(keys=[], args=["hello"]) == b"hello"


def test_a_script_survives_the_end_of_its_connection():
    echo = script("default", ECHO)
    number = lines("default").ask("CLIENT", "ID")
    client("default").client_kill_filter(_id=number)
    assert echo(keys=[], args=["hello"]) == b"hello"


def test_a_redis_that_is_starting_counts_as_away():
    starting = script("default", "return redis.error_reply('LOADING Redis is loading the dataset')")
    with pytest.raises(ConnectionError):
        starting(keys=[], args=[])


def test_a_script_that_fails_keeps_its_connection():
    fail = script("default", "return redis.error_reply('no')")
    for _ in range(3):
        with pytest.raises(Exception, match="no"):
            fail(keys=[], args=[])
    assert len(lines("default").free) == 1


def test_what_is_run_soon_is_run_before_what_is_asked_next():
    keep = script("default", "return redis.call('SET', KEYS[1], ARGV[1])")
    look = script("default", "return redis.call('GET', KEYS[1])")
    for number in range(3):
        keep.soon(keys=["mug"], args=[number])
        assert look(keys=["mug"], args=[]) == str(number).encode()
    script("default", "return redis.error_reply('no')").soon(keys=[], args=[])
    assert look(keys=["mug"], args=[]) == b"2"
