"""Fills in the encodings of the golden vectors: ``python -m tests.protocol.write_vectors``.

For a new frame, add its name, sender and plain form to ``vectors/frames.json``, run this, and read the
difference: bytes that change for a frame that was there before break every client in the field.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec

VECTORS = Path(__file__).parent / "vectors"


def main() -> None:
    """Write both encodings beside each plain form."""
    path = VECTORS / "frames.json"
    vectors: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    for vector in vectors:
        vector["json"] = msgspec.json.encode(vector["plain"]).decode()
        vector["msgpack"] = msgspec.msgpack.encode(vector["plain"]).hex()
    path.write_text(json.dumps(vectors, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
