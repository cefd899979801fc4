"""What a file is, told by its first bytes and never by what was claimed.

A closed list: whatever is not on it is ``application/octet-stream``. Nothing here makes a file safe to open;
files are given out as attachments only, whatever they are.
"""

from __future__ import annotations

import codecs
import re

HEAD_BYTES = 8 * 1024
"""How much of a file's beginning is looked at."""

UNKNOWN = "application/octet-stream"
TEXT = "text/plain"

_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"{\\rtf", "application/rtf"),
    (b"OggS", "audio/ogg"),
    (b"ID3", "audio/mpeg"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (b"PK\x03\x04", "application/zip"),
    (b"PK\x05\x06", "application/zip"),
)
_RIFF = {b"WEBP": "image/webp", b"WAVE": "audio/wav"}
# ISO 14496-12: the brand after "ftyp" says which family a file of boxes belongs to.
_BRANDS = (
    (re.compile(rb"hei[cxms]|hev[cxms]|mif1|msf1"), "image/heic"),
    (re.compile(rb"qt  "), "video/quicktime"),
    (re.compile(rb"M4[AB] "), "audio/mp4"),
    (re.compile(rb"isom|iso[2-9]|mp4[12]|avc1|M4V |dash|3g[p2]\w|MSNV"), "video/mp4"),
)
_OFFICE = "application/vnd.openxmlformats-officedocument"
_IN_ZIP = (
    (b"word/", f"{_OFFICE}.wordprocessingml.document"),
    (b"xl/", f"{_OFFICE}.spreadsheetml.sheet"),
    (b"ppt/", f"{_OFFICE}.presentationml.presentation"),
)
# The names of the streams of a compound file, in UTF-16 as its directory holds them.
_IN_OLE = (
    ("WordDocument".encode("utf-16-le"), "application/msword"),
    ("Workbook".encode("utf-16-le"), "application/vnd.ms-excel"),
    ("PowerPoint Document".encode("utf-16-le"), "application/vnd.ms-powerpoint"),
)
_MPEG_AUDIO = re.compile(rb"\xff[\xf2\xf3\xfa\xfb]")
_NOT_TEXT = re.compile("[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")


def sniff(head: bytes) -> str:
    """The media type of a file that begins with these bytes (up to ``HEAD_BYTES`` of them)."""
    for signature, media_type in _SIGNATURES:
        if head.startswith(signature):
            return _within(head, media_type)
    if head.startswith(b"RIFF"):
        return _RIFF.get(head[8:12], UNKNOWN)
    if head[4:8] == b"ftyp":
        return next((media_type for brand, media_type in _BRANDS if brand.match(head, 8)), UNKNOWN)
    if _MPEG_AUDIO.match(head):
        return "audio/mpeg"
    return TEXT if _is_text(head) else UNKNOWN


def _within(head: bytes, container: str) -> str:
    """What a container holds, where its beginning tells; it is never unpacked."""
    if container == "application/zip" and b"[Content_Types].xml" in head:
        return next((media_type for name, media_type in _IN_ZIP if name in head), container)
    if container == "application/x-ole-storage":
        return next((media_type for name, media_type in _IN_OLE if name in head), UNKNOWN)
    return container


def _is_text(head: bytes) -> bool:
    try:
        # Not the last piece, as far as we know: a character may be cut in two.
        text = codecs.getincrementaldecoder("utf-8")().decode(head, final=len(head) < HEAD_BYTES)
    except UnicodeDecodeError:
        return False
    return bool(text) and _NOT_TEXT.search(text) is None
