#!/usr/bin/env bash
# usage: cross-check.sh check-windows|check-macos [cargo arguments]
# Unpacks the standard library's source for the nightly toolchain, completes it, and calls the named tool.
set -euo pipefail
cd "$(dirname "$0")/../.."
tool=$1
shift
toolchain=${HOTDESK_TOOLCHAIN:-../shared/toolchain}
if [ ! -x "$toolchain/$tool" ]; then
  echo "$tool: no such tool in $toolchain; set HOTDESK_TOOLCHAIN to the folder that holds it" >&2
  exit 2
fi
source_dir=$(rustc +nightly --print sysroot)/lib/rustlib/src/rust
if [ ! -e "$source_dir/library/std/Cargo.toml" ]; then
  mkdir -p "$source_dir"
  tar -C "$source_dir" -xJf "$toolchain"/rust-std-src-*.tar.xz
fi
# The workspace of the standard library names two test crates that the source archive leaves out.
for crate in core alloc; do
  manifest=$source_dir/library/${crate}tests/Cargo.toml
  [ -e "$manifest" ] && continue
  mkdir -p "$(dirname "$manifest")/src"
  printf '[package]\nname = "%stests"\nversion = "0.0.0"\nedition = "2024"\n' "$crate" > "$manifest"
  : > "$(dirname "$manifest")/src/lib.rs"
done
exec "$toolchain/$tool" "$@"
