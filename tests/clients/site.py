"""A web site of somebody else: pages of its own, and the libraries that npm installed."""

from __future__ import annotations

import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self


class Site:
    """Serves `pages` (address → HTML) and `/node_modules/` while it is entered."""

    def __init__(self, node_modules: Path) -> None:
        self.pages: dict[str, str] = {"/favicon.ico": ""}
        handler = partial(_Handler, self.pages, directory=str(node_modules.parent))
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def put(self, html: str) -> str:
        """Gives the site a page, and returns its URL."""
        address = f"/{len(self.pages)}.html"
        self.pages[address] = html
        return self.url + address

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Handler(SimpleHTTPRequestHandler):
    def __init__(self, pages: dict[str, str], *arguments: Any, **keywords: Any) -> None:
        self.pages = pages
        super().__init__(*arguments, **keywords)

    def do_GET(self) -> None:
        page = self.pages.get(self.path)
        if page is None:
            super().do_GET()
            return
        body = page.encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: Any) -> None:
        """Says nothing: what fails is for the browser to say."""
