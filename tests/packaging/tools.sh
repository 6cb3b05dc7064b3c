#!/usr/bin/env bash
# Packs both dotnet tools, installs them from the packages into a folder of their own, and uses them.
#
#   tests/packaging/tools.sh [--port N] [--artifacts DIR]
#
# Needs the .NET SDK and redis-cli. Nothing is installed for the user, and nothing is left behind.
set -euo pipefail
cd "$(dirname "$0")/../.."
port=21195 artifacts=
while [ $# -gt 0 ]; do
  case $1 in --port) port=$2 ;; --artifacts) artifacts=$2 ;; *) exit 1 ;; esac
  shift 2
done
work=$(mktemp -d) failed=0 server=
trap '[ -z "$server" ] || kill -9 "$server" 2>/dev/null || true; rm -rf "$work"' EXIT
check() { if eval "$2"; then echo "ok: $1"; else echo "FAILED: $1"; failed=$((failed + 1)); fi; }
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

for project in Server Tool; do
  dotnet pack -c Release -v q --nologo ${artifacts:+--artifacts-path "$artifacts"} "src/RespKv.$project" -o "$work/packages" >"$work/pack.log" || { cat "$work/pack.log"; exit 1; }
done
ls -l "$work/packages" | awk 'NR > 1 { print $5, $9 }'
# A source of packages that is this folder only, and packages that nobody else sees.
printf '<configuration><packageSources><clear /><add key="here" value="%s" /></packageSources></configuration>' "$work/packages" >"$work/nuget.config"
for id in RespKv.Server RespKv.Tool; do
  check "$id installs" 'NUGET_PACKAGES="$work/nuget" dotnet tool install "$id" --tool-path "$work/tools" --configfile "$work/nuget.config" >"$work/install.log" || { cat "$work/install.log"; false; }'
  check "$id has licence and readme" 'unzip -p "$work/packages/$id".[0-9]*.nupkg "$id.nuspec" | grep -q "<license type=\"expression\">MIT</license>" && unzip -p "$work/packages/$id".[0-9]*.nupkg PACKAGE.md | grep -q "^# respkv"'
done

"$work/tools/respkv-server" --port "$port" --http-port $((port + 1)) --dir "$work/data" --wal-segment-size 1mb >"$work/server.log" &
server=$!
check "the server serves" 'for _ in $(seq 200); do ! "$work/tools/respkv-server" --ping --port "$port" 2>/dev/null >&2 || break; sleep 0.1; done; [ "$(redis-cli -p "$port" SET a 1)" = OK ]'
check "the console is in it" 'curl -fsS "http://127.0.0.1:$((port + 1))/" | grep -q "<div id=\"app\">"'
check "the tool backs it up" '"$work/tools/respkv" backup --from "127.0.0.1:$port" "$work/backup" >"$work/backup.log"'
check "it stops with 0" 'kill -TERM "$server"; rc=0; wait "$server" || rc=$?; server=; [ "$rc" = 0 ]'
check "the tool finds the directory fine" '"$work/tools/respkv" check "$work/data" >"$work/check.log" && "$work/tools/respkv" check "$work/backup" >>"$work/check.log"'
check "and an empty redis.conf different" ': >"$work/redis.conf"; rc=0; "$work/tools/respkv" config-check "$work/redis.conf" >/dev/null || rc=$?; [ "$rc" = 1 ]'
printf '\n%d failed\n' "$failed"
[ "$failed" -eq 0 ]
