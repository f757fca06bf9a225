import pytest
from django.http import FileResponse, HttpResponse, StreamingHttpResponse

from config.whole_answers import whole_answers


class Answer:
    """An answer in pieces; it notes whether it was closed."""

    def __init__(self, *pieces):
        self.pieces = pieces
        self.closed = 0

    def __iter__(self):
        for piece in self.pieces:
            if isinstance(piece, Exception):
                raise piece
            yield piece

    def close(self):
        self.closed += 1


def asked(found, method="GET"):
    started = []
    asked_for = {"PATH_INFO": "/", "REQUEST_METHOD": method}

    def application(environ, start_response):
        assert environ is asked_for
        start_response("200 OK", [])
        return found

    answer = whole_answers(application)(asked_for, lambda *said: started.append(said))
    assert started == [("200 OK", [])]
    return answer


@pytest.mark.parametrize("pieces", [(), (b"",), (b"0123456789",), (b"01234", b"", b"56789")])
def test_an_answer_is_one_piece_and_done(pieces):
    found = Answer(*pieces)
    assert asked(found) == [b"".join(pieces)]
    assert found.closed == 1


def test_an_answer_without_close_is_one_piece():
    assert asked([b"a", b"b"]) == [b"ab"]


def test_one_that_breaks_off_is_an_error():
    found = Answer(b"0123", ValueError("lost"))
    with pytest.raises(ValueError, match="lost"):
        asked(found)
    assert found.closed == 1


@pytest.mark.django_db  # Django looks after its connection when an answer is closed
def test_pages_and_files_are_whole(tmp_path):
    file = tmp_path / "style.css"
    file.write_bytes(b"a" * 10_000)
    assert asked(HttpResponse(b"abc")) == [b"abc"]
    opened = file.open("rb")
    assert asked(FileResponse(opened)) == [b"a" * 10_000]
    assert opened.closed


def test_of_an_export_nothing_is_made():
    found = StreamingHttpResponse(iter([ValueError("is never asked for")]))
    assert asked(found) is found
    assert not found.closed


@pytest.mark.django_db
def test_the_head_of_an_export_is_whole():
    found = StreamingHttpResponse(())
    assert asked(found, "HEAD") == [b""]
    assert found.closed
