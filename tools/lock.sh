#!/usr/bin/env bash
# Pins everything that `make` installs, with hashes and without addresses, into requirements/*.txt.
# The widest list is made first; the narrower ones are held to it, so that all of them agree.
set -euo pipefail
cd "$(dirname "$0")/.."

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
"${PYTHON:-python3}" -m venv "$scratch/venv"
"$scratch/venv/bin/pip" install --quiet 'pip-tools>=7.5,<8'

compile() { # compile NAME SOURCE [pip-compile's arguments]: writes requirements/NAME.txt
    local name=$1; shift
    echo "locking requirements/$name.txt"
    "$scratch/venv/bin/pip-compile" --output-file "$scratch/$name.txt" "$@" \
        --quiet --generate-hashes --allow-unsafe --strip-extras --no-header --no-annotate \
        --no-emit-index-url --no-emit-find-links --no-emit-trusted-host
    {
        echo "# Made by \`make lock\` from pyproject.toml. Never edit by hand."
        cat "$scratch/$name.txt"
    } > "requirements/$name.txt"
}

compile dev pyproject.toml --extra dev --extra demo
compile demo pyproject.toml --extra demo --constraint "$scratch/dev.txt"
compile runtime pyproject.toml --constraint "$scratch/dev.txt"
compile node requirements/node.in
