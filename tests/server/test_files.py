"""What a file is, and what it may be called: decided by the server, never by who sends it."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.file_names import MAX_NAME_CHARACTERS, tidy_name
from server.http.device_names import device_name
from server.http.downloads import content_disposition
from server.limits import network_of
from server.media_types import HEAD_BYTES, sniff


def office(folder: str) -> bytes:
    """The beginning of an Office document."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(f"{folder}/document.xml", "<w/>")
    return packed.getvalue()


def plain_zip() -> bytes:
    """An archive of something else."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("word/of/warning.txt", "x")
    return packed.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


@pytest.mark.parametrize(
    ("head", "media_type"),
    [
        (b"%PDF-1.7\n", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"GIF89a", "image/gif"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", "audio/wav"),
        (b"RIFF\x00\x00\x00\x00AVI LIST", "application/octet-stream"),
        (b"\x00\x00\x00\x18ftypheic\x00", "image/heic"),
        (b"\x00\x00\x00\x18ftypqt  \x00", "video/quicktime"),
        (b"\x00\x00\x00\x18ftypisom\x00", "video/mp4"),
        (b"\x00\x00\x00\x18ftypM4A \x00", "audio/mp4"),
        (b"ID3\x04\x00", "audio/mpeg"),
        (b"\xff\xfb\x90\x64", "audio/mpeg"),
        (b"OggS\x00\x02", "audio/ogg"),
        (b"{\\rtf1\\ansi", "application/rtf"),
        (office("word"), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (office("xl"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (office("ppt"), "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
        (plain_zip(), "application/zip"),
        (OLE + "WordDocument".encode("utf-16-le"), "application/msword"),
        (OLE + "Workbook".encode("utf-16-le"), "application/vnd.ms-excel"),
        (OLE, "application/octet-stream"),
        ("Grüße\n".encode(), "text/plain"),
        (b"<html><script>alert(1)</script>", "text/plain"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'>", "text/plain"),
        ("é".encode() * (HEAD_BYTES // 2) + b"\xc3", "text/plain"),
        ("Grüße".encode("latin-1"), "application/octet-stream"),
        (b"MZ\x90\x00", "application/octet-stream"),
        (b"\x7fELF", "application/octet-stream"),
        (b"text with \x00 in it", "application/octet-stream"),
        (b"", "application/octet-stream"),
    ],
)
def test_a_files_type_is_what_its_content_shows(head: bytes, media_type: str) -> None:
    """D5: from a closed list, on which there is nothing that a browser would run."""
    assert sniff(head[:HEAD_BYTES]) == media_type


@given(st.binary(max_size=64))
def test_anything_can_be_looked_at(head: bytes) -> None:
    assert sniff(head)


@given(st.text(max_size=600))
def test_any_name_becomes_one_that_can_be_kept_and_sent(name: str) -> None:
    tidy = tidy_name(name)
    assert 1 <= len(tidy) <= MAX_NAME_CHARACTERS
    assert tidy not in {".", ".."}
    assert not set(tidy) & set("/\\\r\n\x00\u202e\u200f")
    header = content_disposition(tidy)
    assert header.isascii()
    assert "\r" not in header
    assert header.count('"') == 2


def test_a_device_is_named_in_words_of_ours_alone() -> None:
    firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    iphone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Safari/604.1"
    edge = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/142.0 Safari/537.36 Edg/142.0"
    assert device_name(firefox) == "Firefox on Linux"
    assert device_name(iphone) == "Safari on iPhone"
    assert device_name(edge) == "Edge on Windows"
    assert device_name("<b>curl</b>") == "Another program"


def test_an_address_is_counted_as_its_household() -> None:
    assert network_of("192.0.2.7") == "192.0.2.7"
    assert network_of("::ffff:192.0.2.7") == "192.0.2.7"
    assert network_of("2001:db8:1:2:3:4:5:6") == network_of("2001:db8:1:2::9") == "2001:db8:1:2::/64"
    assert network_of("2001:db8:1:3::9") != network_of("2001:db8:1:2::9")
