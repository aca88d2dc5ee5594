#!/usr/bin/env bash
# sbom.sh FILE: the Python packages of the app, with their hashes, as a CycloneDX 1.6 document. Its tools live in an
# environment of their own, which ends with it.
set -euo pipefail
cd "$(dirname "$0")/../.."
tools=$(mktemp -d)
trap 'rm -rf "$tools"' EXIT
.venv/bin/python -m venv "$tools"
"$tools/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: \
  -r .github/scripts/requirements.lock
"$tools/bin/cyclonedx-py" requirements requirements.lock --pyproject pyproject.toml --mc-type application \
  --spec-version 1.6 --output-reproducible --of JSON -o "$1"
