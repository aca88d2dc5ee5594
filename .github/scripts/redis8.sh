#!/usr/bin/env bash
# redis-server 8 on PATH, for the tests that start, kill and cluster servers of their own.
set -euo pipefail
key=/usr/share/keyrings/redis-archive-keyring.gpg
curl -fsSL --retry 3 https://packages.redis.io/gpg | sudo gpg --dearmor -o "$key"
echo "deb [signed-by=$key] https://packages.redis.io/deb $(. /etc/os-release && echo "$VERSION_CODENAME") main" |
  sudo tee /etc/apt/sources.list.d/redis.list >/dev/null
sudo apt-get update -q
sudo apt-get install -y -q --no-install-recommends redis-server
redis-server --version | grep 'v=8\.'
