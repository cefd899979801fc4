"""Small, real PDF files for the demo's documents: a heading and some lines on one page."""

from __future__ import annotations

from collections.abc import Sequence


def pdf(heading: str, lines: Sequence[str]) -> bytes:
    """A PDF of one Letter page in Helvetica, ASCII text only (ISO 32000-1, sections 7.5 and 9.4)."""
    rows = [f"BT /F1 18 Tf 72 700 Td ({_escaped(heading)}) Tj ET"]
    rows += [
        f"BT /F1 11 Tf 72 {664 - 18 * row} Td ({_escaped(line)}) Tj ET" for row, line in enumerate(lines)
    ]
    content = "\n".join(rows).encode("ascii")
    page = (
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>"
    )
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        page,
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    return _assembled(objects)


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def _assembled(objects: Sequence[bytes]) -> bytes:
    out = bytearray(b"%PDF-1.4\n")
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table)
    return bytes(out)
