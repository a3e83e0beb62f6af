"""Asking a server: within bounds, that one alone, and with words for whatever goes wrong."""

from __future__ import annotations

import gzip
import json
import time
import zlib
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.serving import Reply, serving
from twin.core.errors import CannotRead, Refused, TooLarge, Unreachable
from twin.formats import web_fetch, web_look
from twin.formats.web_fetch import Bounds, get

HERE = {"127.0.0.1"}
SHORT = Bounds(seconds=2.0, size=1 << 20, wait=1.0)


def test_it_says_who_asks_and_unpacks_what_comes():
    with serving(
        lambda asked: Reply(gzip.compress(b"words" * 100), "text/plain", 200, {"Content-Encoding": "gzip"})
    ) as one:
        found = get(f"{one.url}/a?b=c", HERE, SHORT)
    assert (found.body, found.kind, found.status) == (b"words" * 100, "text/plain", 200)
    assert one.asked[0].headers["user-agent"].startswith("Balad/") and one.asked[0].query == {"b": "c"}


@pytest.mark.parametrize(
    "to", ["http://localhost:1/x", "file:///etc/passwd", "ftp://127.0.0.1/x", "//elsewhere.invalid/x"]
)
def test_a_redirect_to_another_host_or_to_a_file_is_refused_in_words(to):
    with serving(lambda asked: Reply(status=302, headers={"Location": to})) as one, pytest.raises(Refused) as why:
        get(one.url, HERE, SHORT)
    assert "only the server that you name" in str(why.value) and len(one.asked) == 1


def test_a_redirect_on_the_same_host_is_followed_and_a_circle_ends():
    def answer(asked):
        if asked.path == "/new":
            return Reply(b"here")
        return Reply(status=301, headers={"Location": "/new" if asked.path == "/old" else asked.path})

    with serving(answer) as one:
        found = get(f"{one.url}/old", HERE, SHORT)
        assert found.body == b"here" and found.url == f"{one.url}/new"
        with pytest.raises(CannotRead, match="circle"):
            get(f"{one.url}/round", HERE, SHORT)


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "ftp://a/b", "gopher://a", "a.b/c", "http://", "http://a b/c", "http://[::1"]
)
def test_only_http_is_spoken(url):
    with pytest.raises(Refused, match="http://"):
        get(url, HERE)


def test_an_address_with_a_password_is_refused_and_the_password_not_told():
    with pytest.raises(Refused) as why:
        get("http://ali:secret@127.0.0.1/x", HERE)
    assert "secret" not in str(why.value)


def test_bombs_and_endless_answers_end_at_the_bound():
    bomb = gzip.compress(bytes(200 << 20), 9)
    with serving(lambda asked: Reply(bomb, headers={"Content-Encoding": "gzip"})) as one:
        began = time.monotonic()
        with pytest.raises(TooLarge, match="1 MB"):
            get(one.url, HERE, SHORT)
        assert time.monotonic() - began < 2
    with serving(lambda asked: Reply(bytes(2 << 20))) as one, pytest.raises(TooLarge):
        get(one.url, HERE, SHORT)
    for packing, words in {"br": "packs by br", "gzip": "damaged"}.items():
        reply = Reply(zlib.compress(b"x")[2:], headers={"Content-Encoding": packing})
        with serving(lambda asked, reply=reply: reply) as one, pytest.raises(CannotRead, match=words):
            get(one.url, HERE, SHORT)


def test_silence_slowness_and_an_answer_that_breaks_off_are_told_apart():
    with serving(lambda asked: time.sleep(3) or Reply(b"late")) as one, pytest.raises(Unreachable, match="in time"):
        get(one.url, HERE, SHORT)
    with serving(lambda asked: Reply(b"x" * 1000, pause=0.05)) as one:
        began = time.monotonic()
        with pytest.raises(Unreachable, match="too slow"):
            get(one.url, HERE, SHORT)
        assert time.monotonic() - began < 4
    with serving(lambda asked: Reply(b"x" * 1000, cut=10)) as one, pytest.raises(Unreachable, match="broke off"):
        get(one.url, HERE, SHORT)
    with pytest.raises(Unreachable, match="doesn’t answer"):
        get(one.url, HERE, SHORT)
    with pytest.raises(Unreachable, match="No server named"):
        get("http://nobody.invalid/", {"nobody.invalid"}, SHORT)


def test_a_head_that_comes_a_byte_at_a_time_ends_at_the_bound():
    with serving(lambda asked: Reply(b"x", head_pause=0.1)) as one:
        began = time.monotonic()
        with pytest.raises(Unreachable, match="too slow: it has taken more than 1 s"):
            get(one.url, HERE, Bounds(seconds=1.0, wait=0.8))
        assert time.monotonic() - began < 2


def test_a_busy_server_is_asked_again_when_it_says_and_left_alone_where_that_is_long():
    replies = [Reply(status=429, headers={"Retry-After": "1"}), Reply(b"now")]
    with serving(lambda asked: replies.pop(0)) as one:
        began = time.monotonic()
        assert get(one.url, HERE, Bounds(seconds=10)).body == b"now"
        assert time.monotonic() - began > 0.9
    with serving(lambda asked: Reply(status=503, headers={"Retry-After": "3600"})) as one:
        with pytest.raises(Unreachable, match="3,600 s") as why:
            get(one.url, HERE, Bounds(seconds=10))
        assert len(one.asked) == 1 and why.value.values["quiet"] == 3600


def test_no_more_than_a_few_are_asked_at_once():
    with serving(lambda asked: time.sleep(0.1) or Reply(b"x")) as one, ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda n: get(f"{one.url}/{n}", HERE, Bounds()), range(24)))
    assert one.most <= web_fetch.AT_ONCE


def test_letters_beyond_ascii_go_as_http_has_them():
    with serving(lambda asked: Reply(b"here")) as one:
        assert get(f"{one.url}/طرق/a%20b?layer=حي&n=1", HERE, SHORT).body == b"here"
    assert one.asked[0].path == "/%D8%B7%D8%B1%D9%82/a%20b" and one.asked[0].query == {"layer": "حي", "n": "1"}


def test_an_address_that_is_none_is_refused_wherever_it_stands():
    for document in ({"tiles": ["http://[x/{z}/{x}/{y}"]}, {"links": [{"rel": "data", "href": "http://[x"}]}):
        sent = Reply(json.dumps(document), "application/json")
        with serving(lambda asked, sent=sent: sent) as one, pytest.raises(Refused, match="no address"):
            web_look.look(one.url)
    sent = Reply(status=302, headers={"Location": "http://[x"})
    with serving(lambda asked: sent) as one, pytest.raises(Refused, match="no address"):
        get(one.url, HERE, SHORT)
