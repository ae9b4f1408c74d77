#!/usr/bin/env bash
# Makes a fresh Debian 12 (or Ubuntu) with Rust and Node 20 able to build and run Hotdesk.
# usage: setup.sh [packages|npm|build|driver|deny|judge]...      default: packages npm build
# What is there already is left alone. HOTDESK_PROFILE=release builds the release profile.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$root"
target=${CARGO_TARGET_DIR:-$root/target}

say() { printf 'setup: %s\n' "$*" >&2; }

# To build: a C tool chain, WebKitGTK, OpenSSL for the encrypted database, D-Bus.
build_packages="build-essential pkg-config libwebkit2gtk-4.1-dev libssl-dev libdbus-1-dev"
# To run without a desktop, and to look at what is on the screen.
run_packages="xvfb openbox dbus gnome-keyring imagemagick fonts-dejavu-core fonts-inter fonts-noto-color-emoji"
# To drive the app's window and the rehearsal WhatsApp's page in tests.
test_packages="webkit2gtk-driver xdotool zbar-tools tesseract-ocr tesseract-ocr-eng chromium openssl postgresql python3-venv"

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

packages() {
  if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
    say "this is no Debian or Ubuntu; please have these installed under their names here:"
    say "  $build_packages $run_packages $test_packages"
    return
  fi
  local missing="" package
  for package in $build_packages $run_packages $test_packages; do
    dpkg-query -W -f '${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed || missing="$missing $package"
  done
  [ -n "$missing" ] || return 0
  say "installing the system packages:$missing"
  local try
  for try in 1 2 3; do
    if as_root env DEBIAN_FRONTEND=noninteractive apt-get -o Acquire::Retries=3 update -qq >&2; then break; fi
    say "the package lists could not be fetched (try $try of 3)"
  done
  # shellcheck disable=SC2086 # one word per package
  if ! as_root env DEBIAN_FRONTEND=noninteractive apt-get -o Acquire::Retries=3 -o DPkg::Lock::Timeout=300 \
    install -y -qq --no-install-recommends $missing >"$target/setup-packages.log" 2>&1 </dev/null; then
    tail -n 20 "$target/setup-packages.log" >&2
    say "the packages could not be installed; nothing else was changed. Install them by hand and start again."
    exit 1
  fi
}

npm_packages() {
  local major
  major=$(node -p 'process.versions.node.split(".")[0]' 2>/dev/null || echo 0)
  if [ "$major" -lt 20 ]; then
    say "Node 20 or later is needed and was not found; install it and start again."
    exit 1
  fi
  [ node_modules/.package-lock.json -nt package-lock.json ] && return 0
  say "installing the npm packages"
  npm ci --no-audit --no-fund --loglevel=error >&2 </dev/null
  touch node_modules/.package-lock.json
}

build() {
  command -v cargo >/dev/null || { say "Rust is needed and was not found; install it by rustup and start again."; exit 1; }
  say "building the bridge and the window"
  npm run --silent build -w bridge >&2 </dev/null
  npm run --silent build -w ui >&2 </dev/null
  say "building the programs (the first time takes minutes)"
  if [ "${HOTDESK_PROFILE:-dev}" = release ]; then
    cargo build --workspace --bins --locked --release >&2 </dev/null
  else
    cargo build --workspace --bins --locked >&2 </dev/null
  fi
}

# tauri-driver stands between WebDriver tests and the app's window.
driver() {
  local version=2.1.0
  [ -x "$target/tools/bin/tauri-driver" ] && return 0
  say "installing tauri-driver $version into target/tools"
  env -u CARGO_TARGET_DIR CARGO_TARGET_DIR="$target/tools/build" \
    cargo install tauri-driver --version "$version" --locked --quiet --root "$target/tools" >&2 </dev/null
}

# cargo-deny looks at where crates come from, their licences, and what is known against them.
deny() {
  local version=0.20.2
  [ -x "$target/tools/bin/cargo-deny" ] && return 0
  say "installing cargo-deny $version into target/tools"
  env -u CARGO_TARGET_DIR CARGO_TARGET_DIR="$target/tools/build" \
    cargo install cargo-deny --version "$version" --locked --quiet --root "$target/tools" >&2 </dev/null
}

# whatsapp-web.js, the second judge of the rehearsal, with a lock file of its own. No script of a package
# runs, and no browser is fetched: the system's Chromium serves it.
judge() (
  cd crates/whatsapp-sim/tests/wwebjs
  [ node_modules/.package-lock.json -nt package-lock.json ] && return 0
  say "installing whatsapp-web.js"
  npm ci --omit=optional --ignore-scripts --no-audit --no-fund --loglevel=error >&2 </dev/null
  touch node_modules/.package-lock.json
)

mkdir -p "$target"
[ $# -gt 0 ] || set -- packages npm build
for step in "$@"; do
  case "$step" in
    packages) packages ;;
    npm) npm_packages ;;
    build) build ;;
    driver) driver ;;
    deny) deny ;;
    judge) judge ;;
    *) say "unknown step: $step"; exit 2 ;;
  esac
done
