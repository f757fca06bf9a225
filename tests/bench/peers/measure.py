"""Asks all peers the same questions: first whether they say the same, then how fast, in interleaved rounds."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

from django.db import connection

from tests.bench.peers import floor, questions, servers
from tests.bench.peers.questions import Question
from tests.bench.peers.servers import OURS, PEERS, Peer
from tests.bench.rounds import Costs, Way, interleaved, over_http, postmaster, say
from tests.bench.servers import Running, running

ROUNDS, SECONDS = 5, 3.0
OTHER_ROUNDS, OTHER_SECONDS = 3, 1.5
"""The same for other questions than the page by country and date."""

CHECKED = 30.0
"""Seconds that may be spent on comparing the answers of a peer to one kind of question."""

CONSTANT = "a constant of 100 kB, Django view"


@dataclass(slots=True)
class Compared:
    """All peers' answers to one kind of question: what they cost, by name, and of how many the bodies were compared."""

    kind: str
    different: int
    rows: float
    costs: dict[str, Costs]
    same: dict[str, int]
    page_bytes: dict[str, float]


@dataclass(slots=True)
class Comparison:
    """By kind of question; those that were left out have a reason."""

    events: int
    kinds: dict[str, Compared]
    left_out: dict[str, str]


def compare(events: int) -> Comparison:
    """Raises RuntimeError if a peer answers otherwise than this API."""
    reasons = {peer.name: servers.reason_against(peer) for peer in PEERS}
    left_out = {name: reason for name, reason in reasons.items() if reason}
    kinds = questions.questions(events)
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        # PostgreSQL's programs may run as another account than this one.
        folder.chmod(0o755)
        above = postmaster()
        pgbench = floor.program()
        if pgbench is None:
            left_out[floor.NAME] = "there is no pgbench here (Debian: postgresql-contrib)"
            ways: dict[str, Way] = {}
        else:
            ways = {floor.NAME: floor.way(pgbench, kinds[questions.COUNTRY_AND_DATE], folder)}
        started = {
            peer.name: stack.enter_context(running(peer.name, peer.command, folder / str(number)))
            for number, peer in enumerate(PEERS)
            if not reasons[peer.name]
        }
        ways[CONSTANT] = over_http(started[OURS], ["/api/v1/constant/"])
        if floor.NAME in ways:
            _check_floor(started[OURS], kinds[questions.COUNTRY_AND_DATE])
        connection.close()  # the servers are to have the machine for themselves
        found = {}
        for kind, asked in kinds.items():
            beside = ways if kind == questions.COUNTRY_AND_DATE else {}
            found[kind] = _compare(kind, asked, started, beside, above)
    return Comparison(events, found, left_out)


def _check_floor(server: Running, asked: Sequence[Question]) -> None:
    """Raises RuntimeError if other documents are read there than this API answers with."""
    for number, question in enumerate(asked, 1):
        ours = [event["id"] for event in json.loads(server.get(servers.ours(question)))["results"]]
        if floor.ids(number) != ours:
            raise RuntimeError(f"{floor.NAME}: other events than {OURS} has for {question}.")


def _compare(
    kind: str, asked: Sequence[Question], started: Mapping[str, Running], beside: Mapping[str, Way], above: int | None
) -> Compared:
    wanted: list[list[questions.Said]] = []
    same, sizes, ways = {}, {}, dict(beside)
    for peer in PEERS:
        if peer.name in started:
            said, sizes[peer.name] = _answers(peer, started[peer.name], asked)
            wanted = wanted or said
            if peer.name != OURS:
                same[peer.name] = _same(peer, asked, wanted, said)
                say(f"{kind}: {peer.name}: {len(said)} answers are the same")
            ways[peer.name] = over_http(started[peer.name], [peer.path(question) for question in asked])
    rounds, seconds = (ROUNDS, SECONDS) if kind == questions.COUNTRY_AND_DATE else (OTHER_ROUNDS, OTHER_SECONDS)
    costs = interleaved(ways, rounds=rounds, seconds=seconds, postmaster=above)
    return Compared(kind, len(asked), mean(map(len, wanted)), costs, same, sizes)


def _answers(peer: Peer, server: Running, asked: Sequence[Question]) -> tuple[list[list[questions.Said]], float]:
    """What it says to each question, as long as there is time; and the bytes of an answer, on average."""
    said, sizes = [], []
    end = time.monotonic() + CHECKED
    for question in asked:
        body = server.get(peer.path(question))
        said.append(peer.said(body))
        sizes.append(len(body))
        if time.monotonic() > end and peer.name != OURS:
            break
    return said, mean(sizes)


def _same(
    peer: Peer, asked: Sequence[Question], wanted: list[list[questions.Said]], said: list[list[questions.Said]]
) -> int:
    """How many answers were compared: all that there are."""
    for question, mine, other in zip(asked, wanted, said, strict=False):
        if mine != other:
            raise RuntimeError(
                f"{peer.name} answers {question} with {len(other)} events, which begin with {other[:2]}; "
                f"{OURS} with {len(mine)}, which begin with {mine[:2]}."
            )
    return len(said)
