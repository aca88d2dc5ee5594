#!/usr/bin/env bash
# smoke-image.sh IMAGE: starts it as deploy/compose.yaml does and asks what must be true.
set -euo pipefail
image=$1

fail() { echo "$1" >&2; docker logs "$id" >&2 || true; exit 1; }

id=$(docker run -d --read-only --tmpfs /tmp --cap-drop ALL --security-opt no-new-privileges \
  -v smoke-data:/var/lib/face-attendance -e ACCOUNTS=on -e BIND_ADDRESS=0.0.0.0 -p 127.0.0.1:18501:8501 "$image")
trap 'docker rm -f "$id" >/dev/null; docker volume rm smoke-data >/dev/null' EXIT

for _ in $(seq 60); do
  curl -fsS http://127.0.0.1:18501/healthz 2>/dev/null | grep -q '"ok"' && break
  sleep 1
done
curl -fsS http://127.0.0.1:18501/healthz | grep -q '"ok"' || fail "no answer on /healthz"
[ "$(docker exec "$id" id -u)" != 0 ] || fail "the app runs as root"
docker exec "$id" sh -c '! touch /opt/x 2>/dev/null' || fail "the root can be written to"
found=$(docker exec "$id" find / -xdev \( -name '*.onnx' -o -name '*.pt' \) -size +500k 2>/dev/null || true)
[ -z "$found" ] || fail "weights inside the image: $found"
echo "the image answers"
