"""URLs of network cameras; they may hold a password, so only a part of one is ever shown."""

from __future__ import annotations

import re
from urllib.parse import unquote

_SCHEMES = frozenset({"rtsp", "rtsps", "http", "https"})

#: RFC 3986, appendix B: it takes any text apart, also what urllib refuses.
_URL = re.compile(r"(?P<scheme>[^:/?#]+)://(?P<place>[^/?#]*)(?P<path>[^?#]*)(?P<rest>.*)", re.S)

#: A path or query longer than this may be a key, in characters; a shorter one is a common word.
_SHORTEST_KEY = 5


def is_camera_url(spec: str) -> bool:
    """Whether a source is the URL of a network camera."""
    url = _URL.fullmatch(spec)
    return url is not None and url["scheme"].lower() in _SCHEMES


def shown(spec: str) -> str:
    """What may be shown of a source: of a URL only scheme, host and port, of others all.

    Example:
        >>> shown("rtsp://ana:secret@192.168.1.20:554/live?key=7")
        'rtsp://192.168.1.20:554'
    """
    url = _URL.fullmatch(spec)
    if url is None:
        return spec
    _, at, place = url["place"].rpartition("@")
    if not at and "@" in spec:  # perhaps a password with a slash
        place = "..."
    return f"{url['scheme'].lower()}://{place}"


def private_parts(spec: str) -> tuple[str, ...]:
    """What must not be written down of a URL: all of it, and the parts that may give access."""
    url = _URL.fullmatch(spec)
    if url is None:
        return ()
    user, _, password = url["place"].rpartition("@")[0].partition(":")
    words = (url["path"].strip("/"), url["rest"].strip("?#"))
    values = (spec, user, password, *(word for word in words if len(word) > _SHORTEST_KEY))
    return tuple(text for value in values for text in {value, unquote(value)} if text)
