#!/usr/bin/env bash
# Installs the app as a systemd service on Debian 12/13 or Ubuntu 22.04/24.04, or upgrades it.
#
#   sudo deploy/install.sh              install, or upgrade to the source beside this script
#   sudo deploy/install.sh --uninstall  stop and remove the app; settings and data stay
#
# Options:
#   --fresh         install the newest version that requirements.txt allows of every Python package,
#                   instead of those whose hashes stand in requirements.lock
#   --domain NAME   also install Caddy and serve https://NAME (its DNS must point here)
#   --no-start      install, but do not start anything
#   --prepare       only packages, user and folders (what an image needs)
#
# Running it again with the same source changes nothing. Settings are in
# /etc/face-attendance/settings.env, data in /var/lib/face-attendance; neither is ever removed.
# PYTHON=/path/to/python3.12 chooses the interpreter; pip's own variables are honoured.
set -euo pipefail
umask 022 # what is installed here must be readable by the app's user

NAME=face-attendance
APP=/opt/$NAME
DATA=/var/lib/$NAME
SETTINGS=/etc/$NAME/settings.env
UNITS=/etc/systemd/system
SOURCE=$(cd "$(dirname "$0")/.." && pwd)
DOMAIN='' START=yes PREPARE=no FRESH=''

say() { echo "install.sh: $*"; }
stop() { echo "install.sh: $*" >&2; exit 1; }

usage() { sed -n '2,18s/^# \{0,1\}//p' "$0"; }

# --- what this machine is ---------------------------------------------------------------

check_system() {
  [ "$(id -u)" = 0 ] || stop "run this as root: sudo $0"
  local system
  # In a shell of its own: that file sets a NAME as well.
  system=$(. /etc/os-release && echo "$ID ${VERSION_ID:-}")
  case "$system" in
    "debian 12" | "debian 13" | "ubuntu 22.04" | "ubuntu 24.04") ;;
    *) stop "this is $system; supported are Debian 12 and 13, Ubuntu 22.04 and 24.04. \
Elsewhere follow the Docker way in deploy/README.md." ;;
  esac
}

systemd_runs() { [ -d /run/systemd/system ]; }

# --- packages and Python ------------------------------------------------------------------

apt() { DEBIAN_FRONTEND=noninteractive apt-get -q -y -o Dpkg::Use-Pty=0 "$@"; }

fits() { # a Python that the app runs on, with venv
  "$1" -c 'import sys, ensurepip, venv; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null
}

find_python() {
  local candidate
  for candidate in ${PYTHON:-} python3.13 python3.12 python3.11 python3; do
    if command -v "$candidate" >/dev/null && fits "$candidate"; then
      command -v "$candidate"
      return 0
    fi
  done
  return 1
}

install_packages() {
  local wanted=(ca-certificates libgl1 libglib2.0-0 redis-server)
  say "installing packages"
  apt update
  # Debian starts a server of its own on port 6379; the app starts its own on a socket.
  local before=no
  command -v redis-server >/dev/null && before=yes
  apt install --no-install-recommends "${wanted[@]}"
  if [ "$before" = no ] && systemd_runs; then systemctl disable --now redis-server; fi
  find_python >/dev/null || install_python
}

install_python() {
  local version
  apt install --no-install-recommends python3 python3-venv || true
  if find_python >/dev/null; then return; fi
  for version in 3.12 3.11; do # Ubuntu 22.04 has 3.11 in its universe section
    apt-cache show "python$version-venv" >/dev/null 2>&1 || continue
    apt install --no-install-recommends "python$version" "python$version-venv"
    if find_python >/dev/null; then return; fi
  done
  stop "no Python 3.11 to 3.13 here. On Ubuntu 22.04: add-apt-repository universe (or \
ppa:deadsnakes/ppa, then apt-get install python3.12-venv) and run this again; or name one: PYTHON=/path $0"
}

# --- user, folders, settings ------------------------------------------------------------------

make_user() {
  if ! getent passwd "$NAME" >/dev/null; then
    useradd --system --user-group --home-dir "$DATA" --no-create-home --shell /usr/sbin/nologin "$NAME"
  fi
  install -d -m 700 -o "$NAME" -g "$NAME" "$DATA"
  install -d -m 755 "$APP" "$APP/releases" "$APP/packages"
  install -d -m 750 -g "$NAME" "$(dirname "$SETTINGS")"
}

write_settings() {
  if [ ! -e "$SETTINGS" ]; then
    install -m 640 -g "$NAME" "$SOURCE/.env.example" "$SETTINGS"
    set_setting DATA_DIR "$DATA"
    set_setting ACCOUNTS on
  fi
  if [ -n "$DOMAIN" ]; then set_setting ALLOWED_HOSTS "$DOMAIN"; fi
}

set_setting() { # replaces the line of the setting, commented out or not
  sed -i -E "s|^(# )?$1=.*|$1=$2|" "$SETTINGS"
  grep -q "^$1=" "$SETTINGS" || echo "$1=$2" >>"$SETTINGS"
}

# --- the app: one folder a release, "current" points to the one in use ----------------------
# Python packages have folders of their own: most releases need the same ones.

source_files() { # what belongs to a release, the same from a checkout and from an archive
  (cd "$SOURCE" && find app.py config.py requirements.txt requirements.lock LICENSE README.md CHANGELOG.md .env.example \
    .streamlit face_rec pages docs deploy -type f ! -path '*/__pycache__/*' | LC_ALL=C sort)
}

short_hash() { sha256sum | cut -c1-12; }

install_python_packages() { # prints their folder
  local python target
  local locked=(--require-hashes --only-binary :all: -r "$SOURCE/requirements.lock")
  if [ -n "$FRESH" ]; then locked=(-r "$SOURCE/requirements.txt"); fi
  python=$(find_python)
  target=$APP/packages/$({ cat "$SOURCE/requirements.lock"; "$python" --version; echo "$FRESH"; } | short_hash)
  if [ ! -e "$target/.complete" ]; then
    say "installing Python packages with $("$python" --version)" >&2
    rm -rf "$target"
    "$python" -m venv "$target" >&2
    "$target/bin/python" -m pip install --quiet "${locked[@]}" >&2
    touch "$target/.complete"
  fi
  echo "$target"
}

release_id() { # $1: the folder of its packages
  (cd "$SOURCE" && { source_files | xargs -d '\n' sha256sum; echo "$1"; } | short_hash)
}

install_release() {
  local id target packages
  packages=$(install_python_packages)
  id=$(release_id "$packages")
  target=$APP/releases/$id
  if [ ! -e "$target/.complete" ]; then
    say "installing release $id"
    rm -rf "$target"
    install -d -m 755 "$target"
    source_files | tar -C "$SOURCE" -T - -c | tar -x -C "$target" --no-same-owner --no-same-permissions
    chmod -R u=rwX,go=rX "$target"
    ln -s "$packages" "$target/.venv"
    (cd "$target" && .venv/bin/python -m face_rec.preflight)
    "$target/.venv/bin/python" -m compileall -q "$target/face_rec" "$target/pages" "$target"/*.py
    ln -s "$SETTINGS" "$target/.env"
    touch "$target/.complete"
  fi
  ln -sfn "$target" "$APP/current.new"
  mv -T "$APP/current.new" "$APP/current"
}

drop_old_releases() { # the one in use and the one before it stay, and what they need
  local kept=0 release packages
  for release in $(ls -1dt "$APP"/releases/*/.complete 2>/dev/null); do
    release=$(dirname "$release")
    if [ "$release" = "$(readlink -f "$APP/current")" ]; then continue; fi
    kept=$((kept + 1))
    if [ "$kept" -gt 1 ]; then rm -rf "$release"; fi
  done
  for packages in "$APP"/packages/*; do
    if ! readlink -f "$APP"/releases/*/.venv | grep -qxF "$packages"; then rm -rf "$packages"; fi
  done
}

# --- services ---------------------------------------------------------------------------------------

install_units() {
  local unit
  install -d -m 755 "$UNITS"
  for unit in "$SOURCE"/deploy/*.service "$SOURCE"/deploy/*.timer; do
    install -m 644 "$unit" "$UNITS/"
  done
}

start() {
  if [ "$START" = no ] || ! systemd_runs; then
    say "not started; with systemd: systemctl enable --now $NAME $NAME-watchdog.timer"
    return
  fi
  systemctl daemon-reload
  systemctl enable --quiet "$NAME" "$NAME-watchdog.timer"
  # A version that runs hands over to this one, so that kiosks go on; one that cannot is restarted.
  if ! systemctl is-active --quiet "$NAME" || ! systemctl reload "$NAME"; then
    systemctl restart "$NAME"
  fi
  systemctl start "$NAME-watchdog.timer"
  systemctl try-restart "$NAME-cameras" # where there is one: another worker has its cameras meanwhile
  wait_until_alive
}

wait_until_alive() {
  local _
  for _ in $(seq 60); do
    if (cd "$APP/current" && .venv/bin/python -m deploy.alive >/dev/null 2>&1); then
      say "the app answers. Next: see 'First sign-in' in deploy/README.md"
      return
    fi
    sleep 1
  done
  journalctl -u "$NAME" -n 20 --no-pager || true
  stop "the app does not answer. To go back: ln -sfn OLD_RELEASE $APP/current (they are in \
$APP/releases) and systemctl restart $NAME"
}

check_caddy() { # before anything is installed that then is not started
  [ -n "$DOMAIN" ] || return 0
  apt-cache show caddy >/dev/null 2>&1 ||
    stop "this system has no package caddy; add the repository of caddyserver.com, or use deploy/nginx.conf"
}

install_caddy() {
  [ -n "$DOMAIN" ] || return 0
  apt install --no-install-recommends caddy
  install -m 644 "$SOURCE/deploy/Caddyfile" /etc/caddy/Caddyfile
  install -d /etc/systemd/system/caddy.service.d
  printf '[Service]\nEnvironment=DOMAIN=%s UPSTREAM=127.0.0.1:8501\n' "$DOMAIN" \
    >/etc/systemd/system/caddy.service.d/face-attendance.conf
  if systemd_runs; then systemctl daemon-reload && systemctl restart caddy; fi
}

uninstall() {
  if systemd_runs; then
    systemctl disable --now "$NAME-watchdog.timer" "$NAME-cameras" "$NAME" 2>/dev/null || true
  fi
  rm -f "$UNITS/$NAME.service" "$UNITS/$NAME-cameras.service" "$UNITS/$NAME-watchdog.service" "$UNITS/$NAME-watchdog.timer"
  if systemd_runs; then systemctl daemon-reload; fi
  rm -rf "$APP"
  say "removed. Settings ($SETTINGS), data ($DATA) and the user $NAME are still there."
}

main() {
  local action=install
  while [ $# -gt 0 ]; do
    case "$1" in
      --uninstall) action=uninstall ;;
      --domain) DOMAIN=${2:?--domain needs a name}; shift ;;
      --no-start) START=no ;;
      --prepare) PREPARE=yes ;;
      --fresh) FRESH=$(date +%s) ;;
      -h | --help) usage; exit 0 ;;
      *) usage >&2; stop "unknown option $1" ;;
    esac
    shift
  done
  check_system
  if [ "$action" = uninstall ]; then uninstall; return; fi
  install_packages
  check_caddy
  make_user
  if [ "$PREPARE" = yes ]; then return; fi
  write_settings
  install_release
  install_units
  install_caddy
  start
  drop_old_releases
}

main "$@"
