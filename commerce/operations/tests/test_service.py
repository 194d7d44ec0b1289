"""Long work in steps: each once in effect, whoever is killed in between."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from commerce import ids
from commerce.operations import service, tasks, works
from commerce.operations.files import NoFile, lines_of, parts
from commerce.operations.models import Operation, Part, Refusal
from commerce.operations.service import Piece
from commerce.operations.works import Refused, Step, Work

pytestmark = pytest.mark.django_db
done: list[tuple[int, bytes]] = []


def do(operation, part):
    """Note what was asked for; a part that says so is left out, or breaks."""
    content = bytes(part.content) if part else b""
    if content == b"break":
        raise RuntimeError("broken")
    if not operation.dry_run:
        done.append((operation.at, content))
    refused = (Refused(operation.at + 1, "no", "\0é"),) if content == b"no" else ()
    return Step({"good": 1 - len(refused)}, refused)


@pytest.fixture(autouse=True)
def known(monkeypatch):
    done.clear()
    monkeypatch.setitem(works.registry, "test", Work("test", "Test", "rest.view_apikey", do))


def begin(*contents, **more):
    pieces = [Piece(number, content) for number, content in enumerate(contents, 1)]
    return service.begin("test", name="a file", owner="alice", options={}, parts=pieces, **more)


def fresh(operation):
    operation.refresh_from_db()
    return operation


def test_does_one_step_after_the_other():
    mine = begin(b"a", b"no", b"c")
    assert (mine.steps, mine.percent) == (3, 0)
    assert service.step(mine.pk)
    assert fresh(mine).percent == 33
    tasks.go_on()
    assert fresh(mine).state == Operation.State.DONE
    assert (mine.figures, mine.refused) == ({"good": 2}, 1)
    assert done == [(0, b"a"), (1, b"no"), (2, b"c")]
    assert [(r.line, r.code, r.detail) for r in mine.refusals.all()] == [(2, "no", "\\0\\xe9")]
    assert not Part.objects.exists()


def test_work_without_a_file_has_steps_all_the_same():
    mine = begin(steps=2)
    tasks.go_on()
    assert fresh(mine).state == Operation.State.DONE
    assert done == [(0, b""), (1, b"")]


def test_nothing_to_do_is_done():
    mine = begin()
    tasks.go_on()
    assert fresh(mine).state == Operation.State.DONE


def test_one_operation_for_each_id():
    name = ids.new()
    assert begin(b"a", id=name).pk == begin(b"b", b"c", id=name).pk
    tasks.go_on()
    assert done == [(0, b"a")]


def test_a_dry_run_is_done_for_real_once():
    mine = begin(b"a", b"no", dry_run=True)
    tasks.go_on()
    assert done == []
    assert (fresh(mine).figures, mine.refused) == ({"good": 1}, 1)
    service.do_for_real(mine.pk)
    service.do_for_real(mine.pk)
    assert (fresh(mine).at, mine.refused, Refusal.objects.count()) == (0, 0, 0)
    tasks.go_on()
    assert done == [(0, b"a"), (1, b"no")]
    assert (fresh(mine).refused, Part.objects.count()) == (1, 0)
    service.do_for_real(mine.pk)
    assert fresh(mine).state == Operation.State.DONE


def test_a_step_that_fails_leaves_nothing_and_is_tried_again():
    mine = begin(b"a", b"break", b"c")
    with pytest.raises(RuntimeError):
        tasks.go_on()
    assert (fresh(mine).at, mine.tries, mine.figures) == (1, 1, {"good": 1})
    Part.objects.filter(number=1).update(content=b"b")
    tasks.go_on()
    assert (fresh(mine).state, mine.tries) == (Operation.State.DONE, 0)
    assert done == [(0, b"a"), (1, b"b"), (2, b"c")]


def test_what_fails_again_and_again_is_given_up():
    mine = begin(b"break")
    other = begin(b"a")
    for _ in range(service.MOST_TRIES):
        with pytest.raises(RuntimeError):
            service.step(mine.pk)
    tasks.go_on()
    assert fresh(mine).state == Operation.State.FAILED
    assert fresh(other).state == Operation.State.DONE


def test_what_fails_keeps_nobody_from_working():
    mine = begin(b"break")
    other = begin(b"a")
    with pytest.raises(RuntimeError):
        tasks.go_on()
    with pytest.raises(RuntimeError):
        tasks.go_on()
    assert fresh(other).state == Operation.State.DONE
    assert fresh(mine).state == Operation.State.WAITING


def test_what_is_cancelled_goes_no_further():
    mine = begin(b"a", b"b")
    service.step(mine.pk)
    service.cancel(mine.pk)
    tasks.go_on()
    assert fresh(mine).state == Operation.State.CANCELLED
    assert done == [(0, b"a")]
    assert not Part.objects.exists()
    with pytest.raises(service.Finished):
        service.cancel(mine.pk)


@pytest.mark.django_db(transaction=True)
def test_two_workers_do_no_step_twice(monkeypatch):
    inside, leave = threading.Event(), threading.Event()

    def slowly(operation, part):
        inside.set()
        leave.wait(5)
        return do(operation, part)

    monkeypatch.setitem(works.registry, "slow", Work("slow", "Slow", "rest.view_apikey", slowly))
    mine = begin(b"a", b"b")
    Operation.objects.update(work="slow")
    with ThreadPoolExecutor(1) as other:
        first = other.submit(lambda: (service.step(mine.pk), connection.close()))
        assert inside.wait(5)
        assert not service.step(mine.pk)
        leave.set()
        assert first.result()[0]
    assert (done, fresh(mine).tries) == ([(0, b"a")], 0)


def test_cuts_a_file_into_parts():
    lines = [b"a\n", b'"b\n', b'c"\n', b"d\n", b"e"]
    assert list(parts(lines, size=2)) == [(1, b'a\n"b\nc"\n'), (4, b"d\ne")]
    assert list(parts(lines, size=2, first=2))[1].first_line == 5
    assert list(parts([], size=2)) == []


@pytest.mark.parametrize(
    ("content", "packed", "reason"),
    [(b"x" * 70_000, False, "line-too-long"), (b"no gzip", True, "no-gzip-file")],
)
def test_says_why_a_file_cannot_be_read(tmp_path, content, packed, reason):
    (tmp_path / "file").write_bytes(content)
    with (tmp_path / "file").open("rb") as file, pytest.raises(NoFile) as refusal:
        list(lines_of(file, packed=packed))
    assert refusal.value.reason == reason
