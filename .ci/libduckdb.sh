#!/usr/bin/env bash
# Fetches the official libduckdb.so 1.5.5 once into .duckdb/ and checks its hash.
# It is taken from the npm package of DuckDB's own Node bindings, which carries the
# shared library with json, parquet and icu compiled in. DuckDB is never compiled here.
set -euo pipefail
cd "$(dirname "$0")/.."

package=node-bindings-linux-x64
version=1.5.5-r.5
tarball_sha256=86d2bda909785550e8a14a57a8a4584827aff0e268d8f1a58c3fd48559f7020e
cache="${XDG_CACHE_HOME:-$HOME/.cache}/deskferry/libduckdb-$version"

case "$(uname -s)-$(uname -m)" in
  Linux-x86_64) ;;
  *) echo "error: no pinned libduckdb for $(uname -s)-$(uname -m)" >&2
     echo "hint: take the sister package of @duckdb/$package for your platform and put its library into .duckdb/" >&2
     exit 1 ;;
esac

[ -f .duckdb/libduckdb.so ] && exit 0
if [ ! -f "$cache/libduckdb.so" ]; then
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  if command -v npm >/dev/null 2>&1; then
    (cd "$work" && npm pack --silent "@duckdb/$package@$version" >/dev/null)
  else
    registry="${NPM_CONFIG_REGISTRY:-https://registry.npmjs.org}"
    curl -fsSL --retry 3 -o "$work/duckdb.tgz" "${registry%/}/@duckdb/$package/-/$package-$version.tgz"
  fi
  echo "$tarball_sha256  $(ls "$work"/*.tgz)" | sha256sum --check --quiet
  tar -xzf "$work"/*.tgz -C "$work" package/libduckdb.so package/LICENSE
  mkdir -p "$cache"
  mv "$work/package/LICENSE" "$cache/LICENSE"
  mv "$work/package/libduckdb.so" "$cache/libduckdb.so"
fi
mkdir -p .duckdb
ln -f "$cache/libduckdb.so" .duckdb/libduckdb.so 2>/dev/null || cp "$cache/libduckdb.so" .duckdb/libduckdb.so
