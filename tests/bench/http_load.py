"""Sends requests for a while: `python -m tests.bench.http_load PORT SECONDS < requests`.

Each line of the requests is a path, and after a space the If-None-Match to send, if any. Prints the milliseconds that
each request took, as JSON. A process of its own, so that the server is not held up by this one's lock.
"""

from __future__ import annotations

import http.client
import itertools
import json
import sys
import threading
import time

CONNECTIONS = 8


def load(port: int, seconds: float, requests: list[tuple[str, str]]) -> list[float]:
    """The milliseconds that requests took, over `CONNECTIONS` kept-alive connections, one after the other on each."""
    taken: list[float] = []
    failed: list[BaseException] = []
    ready = threading.Barrier(CONNECTIONS)

    def connection(number: int) -> None:
        try:
            client = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            ready.wait()
            end = time.perf_counter() + seconds
            for path, tag in itertools.islice(itertools.cycle(requests), number * 25, None):
                began = time.perf_counter()
                if began > end:
                    break
                client.request("GET", path, headers={"If-None-Match": tag} if tag else {})
                response = client.getresponse()
                response.read()
                taken.append(1000 * (time.perf_counter() - began))
                if response.status != (304 if tag else 200):
                    raise RuntimeError(f"{path} answers {response.status}")
            client.close()
        except BaseException as error:
            failed.append(error)
            ready.abort()

    threads = [threading.Thread(target=connection, args=(number,)) for number in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]
    return taken


if __name__ == "__main__":
    lines = [line.rstrip("\n").partition(" ") for line in sys.stdin]
    print(json.dumps(load(int(sys.argv[1]), float(sys.argv[2]), [(path, tag) for path, _, tag in lines])))
