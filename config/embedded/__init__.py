"""An embedded PostgreSQL, for use without a database server of one's own.

`place` says where it lives and as which user, `installation` where its programs are; `server` starts, shares and
stops it.
"""

from config.embedded.place import EmbeddedError, choose_folder
from config.embedded.server import FAST, SAFE, Server, forget_other_servers

__all__ = ["FAST", "SAFE", "EmbeddedError", "Server", "choose_folder", "forget_other_servers"]
