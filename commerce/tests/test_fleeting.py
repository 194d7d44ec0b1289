"""What a process believes for a moment."""

from commerce import fleeting
from commerce.fleeting import Fleeting


def test_everything_is_forgotten_when_the_first_of_it_is_old(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(fleeting.time, "monotonic", lambda: now[0])
    memory = Fleeting(5.0)
    memory.entries()["a"] = 1
    now[0] += 4.9
    memory.entries()["b"] = 2
    assert memory.entries() == {"a": 1, "b": 2}
    now[0] += 0.1
    assert memory.entries() == {}


def test_made_up_names_do_not_fill_the_memory(monkeypatch):
    monkeypatch.setattr(fleeting, "MOST", 3)
    memory = Fleeting(60.0)
    memory.entries().update(dict.fromkeys("abcd", 1))
    assert memory.entries() == {}
