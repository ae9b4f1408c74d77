# A throwaway PostgreSQL in the folder $2, by the programs in the folder $1: over a socket in that
# folder only, and gone with it when stdin or this script ends, however its caller ended. With a port as
# $3 also over TLS at localhost, with a certificate of its own: server.crt in the folder.
set -eu
bin=$1 dir=$2
as() {
  # PostgreSQL does not run as root.
  if [ "$(id -u)" = 0 ]; then setpriv --reuid=postgres --regid=postgres --clear-groups "$@"; else "$@"; fi
}
finish() {
  as "$bin/pg_ctl" -D "$dir/data" -m immediate stop </dev/null >/dev/null 2>&1 || true
  rm -rf "$dir"
}
trap finish EXIT
# A signal to all ends the cat below, and so leads here too.
trap : INT TERM HUP
failed() {
  cat "$dir/log" "$dir/data/log" >&2 || true
  exit 1
}
[ "$(id -u)" != 0 ] || chown postgres "$dir"
as "$bin/initdb" -D "$dir/data" -A trust -U postgres -E UTF8 --locale=C --no-sync \
  </dev/null >"$dir/log" 2>&1 || failed
# Not as flags: a measurement turns these on again while it runs.
printf 'fsync = off\nfull_page_writes = off\n' >>"$dir/data/postgresql.conf"
settings="-c unix_socket_directories=$dir"
if [ -n "${3:-}" ]; then
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost \
    -addext subjectAltName=DNS:localhost -keyout "$dir/server.key" -out "$dir/server.crt" >>"$dir/log" 2>&1 || failed
  chmod 600 "$dir/server.key"
  [ "$(id -u)" != 0 ] || chown postgres "$dir/server.key"
  settings="$settings -c listen_addresses=127.0.0.1 -c port=$3"
  settings="$settings -c ssl=on -c ssl_cert_file=$dir/server.crt -c ssl_key_file=$dir/server.key"
else
  settings="$settings -c listen_addresses=''"
fi
as "$bin/pg_ctl" -D "$dir/data" -w -t 120 -l "$dir/data/log" \
  -o "$settings -c max_connections=300 -c shared_buffers=64MB" start </dev/null >>"$dir/log" 2>&1 || failed
echo ready
cat >/dev/null || true
