import pytest

from config import whole_answers as module
from config.whole_answers import whole_answers

ENVIRON = {"PATH_INFO": "/"}


class Answer:
    """An answer in pieces; it notes how many were taken, and whether it was closed."""

    def __init__(self, *pieces):
        self.pieces = pieces
        self.taken = self.closed = 0

    def __iter__(self):
        for piece in self.pieces:
            if isinstance(piece, Exception):
                raise piece
            self.taken += 1
            yield piece

    def close(self):
        self.closed += 1


@pytest.fixture(autouse=True)
def at_most_ten_bytes(monkeypatch):
    monkeypatch.setattr(module, "LARGEST", 10)


def asked(found):
    started = []

    def application(environ, start_response):
        assert environ is ENVIRON
        start_response("200 OK", [])
        return found

    answer = whole_answers(application)(ENVIRON, lambda *said: started.append(said))
    assert started == [("200 OK", [])]
    return answer


@pytest.mark.parametrize("pieces", [(), (b"",), (b"0123456789",), (b"01234", b"", b"56789")])
def test_a_small_answer_is_one_piece_and_done(pieces):
    found = Answer(*pieces)
    assert asked(found) == [b"".join(pieces)]
    assert found.closed == 1


def test_an_answer_without_close_is_one_piece():
    assert asked([b"a", b"b"]) == [b"ab"]


def test_a_large_answer_is_streamed():
    found = Answer(b"0123456789", b"a", b"b", b"c")
    answer = asked(found)
    assert not isinstance(answer, list)
    assert (found.taken, found.closed) == (2, 0)
    assert list(answer) == [b"0123456789", b"a", b"b", b"c"]
    assert found.closed == 0  # that is for the server to do
    answer.close()
    assert found.closed == 1


def test_one_that_breaks_off_early_is_an_error():
    found = Answer(b"0123", ValueError("lost"))
    with pytest.raises(ValueError, match="lost"):
        asked(found)
    assert found.closed == 1


def test_one_that_breaks_off_late_breaks_off():
    found = Answer(b"0123456789", b"a", ValueError("lost"))
    answer = iter(asked(found))
    assert [next(answer), next(answer)] == [b"0123456789", b"a"]
    with pytest.raises(ValueError, match="lost"):
        next(answer)
