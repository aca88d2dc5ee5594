#!/usr/bin/env bash
# sbom.sh FILE: the Python packages of the app, with their hashes, as a CycloneDX 1.6 document.
set -euo pipefail
cd "$(dirname "$0")/../.."
.venv/bin/cyclonedx-py requirements requirements.lock --pyproject pyproject.toml --mc-type application \
  --spec-version 1.6 --output-reproducible --of JSON -o "$1"
