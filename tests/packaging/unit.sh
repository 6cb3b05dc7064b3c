#!/usr/bin/env bash
# Checks conf/respkv.service without a running systemd.
#
#   sudo tests/packaging/unit.sh SERVER [--port N]      SERVER: a published respkv-server
#
# 1. systemd-analyze verify and security.
# 2. The server's system calls (strace) under a load with checkpoint, HTTP, CONFIG SET, many connections: each is allowed by the unit's filter.
# 3. The server under that filter, without capabilities and new privileges, as a stranger's uid, with a file system that is read-only but for its
#    state directory, with NOTIFY_SOCKET: it becomes ready, serves, stops with 0, and its data is back.
# Needs root, Debian's systemd, strace, python3-seccomp, bubblewrap, redis-tools.
set -euo pipefail
cd "$(dirname "$0")/../.."
server=$(readlink -f "$1") port=21180
[ "${2:-}" != --port ] || port=$3
unit=conf/respkv.service
work=$(mktemp -d) failed=0 pid=
trap '[ -z "$pid" ] || kill -9 "$pid" 2>/dev/null || true; rm -rf "$work"' EXIT
step() { printf '\n== %s\n' "$*"; }
check() { if eval "$2"; then echo "ok: $1"; else echo "FAILED: $1"; failed=$((failed + 1)); fi; }
cli() { redis-cli -p "$port" "$@"; }
# The program that the unit starts is what follows ExecStart= on a machine that has it.
sed "s#^ExecStart=[^ ]*#ExecStart=$server#" "$unit" >"$work/respkv.service"

step "systemd-analyze"
check "verify has nothing to say" '[ -z "$(systemd-analyze verify "$work/respkv.service" 2>&1 | tee /dev/stderr)" ]'
systemd-analyze security --offline=true --no-pager "$work/respkv.service" >"$work/security.txt"
tail -1 "$work/security.txt"
check "exposure below 2" 'awk "/Overall exposure/ { exit !(\$(NF-2) < 2) }" "$work/security.txt"'

load() {
  redis-benchmark -p "$port" -q -n 20000 -c 200 -P 4 -r 1000 -t set,get,lpush,zadd,hset >/dev/null
  cli CONFIG SET maxmemory 1gb >/dev/null; cli CONFIG SET maxmemory 0 >/dev/null
  cli SET greeting hello >/dev/null; cli SAVE >/dev/null; cli INFO >/dev/null; cli BGREWRITEAOF >/dev/null
  curl -s -m 5 "http://127.0.0.1:$((port + 1))/metrics" "http://127.0.0.1:$((port + 1))/" >/dev/null || true
}
ready() { for _ in $(seq 300); do [ "$(cli PING 2>/dev/null)" != PONG ] || return 0; sleep 0.1; done; return 1; }
stop() { kill -TERM "$1"; local rc=0; wait "$pid" || rc=$?; pid=; return $rc; }

step "system calls"
mkdir "$work/traced"
strace -f -qq -o "$work/strace.txt" -e signal=none "$server" --port "$port" --http-port $((port + 1)) --dir "$work/traced" --unixsocket "$work/s" \
  --logfile "$work/log" --wal-segment-size 1mb --server_cpulist 0 >/dev/null 2>&1 &
pid=$!
ready && load
stop "$(pgrep -P "$pid")" || true
# The first calls are strace's own execve; names as in the third column, resumed calls left out.
awk '{ if (match($0, /^[0-9]+ +[a-z0-9_]+\(/)) { s = substr($0, RSTART, RLENGTH - 1); sub(/^[0-9]+ +/, "", s); n[s]++ } } END { for (s in n) print s }' \
  "$work/strace.txt" | sort >"$work/used.txt"
/usr/bin/python3 tests/packaging/confined.py --list "$unit" | sort >"$work/allowed.txt"
echo "$(wc -l <"$work/used.txt") different system calls, $(wc -l <"$work/allowed.txt") allowed"
check "each is allowed" '[ -z "$(comm -23 "$work/used.txt" "$work/allowed.txt" | tee /dev/stderr)" ]'
check "sockets are of the unit's families" '[ -z "$(grep -o "socket(AF_[A-Z0-9]*" "$work/strace.txt" | sort -u | grep -vE "AF_(INET|INET6|UNIX|NETLINK)$" | tee /dev/stderr)" ]'

step "under the filter"
state=$work/state; mkdir "$state"; chown 61234:61234 "$state"; chmod 700 "$state"; chmod 711 "$work"
cat >"$work/respkv.conf" <<CONF
port $port
http-port $((port + 1))
appendfsync always
wal-segment-size 1mb
CONF
chmod 644 "$work/respkv.conf"
/usr/bin/python3 - "$work/notify" "$work/notified.txt" <<'PY' &
import os, socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); s.bind(sys.argv[1]); os.chmod(sys.argv[1], 0o777); s.settimeout(120)
with open(sys.argv[2], "w", buffering=1) as out:
    while True:
        text = s.recv(4096).decode(); print(text.replace("\n", " | "), file=out)
        if "STOPPING" in text: break
PY
listener=$!
confined() {
  # bubblewrap drops all capabilities and sets no_new_privs; the root is read-only, only the state directory can be written.
  exec env NOTIFY_SOCKET="$work/notify" DOTNET_EnableDiagnostics=0 \
    bwrap --ro-bind / / --dev /dev --proc /proc --bind "$state" "$state" --unshare-user --unshare-ipc --unshare-uts --unshare-cgroup \
    --uid 61234 --gid 61234 --cap-drop ALL --die-with-parent --new-session --chdir "$state" -- \
    /usr/bin/python3 "$PWD/tests/packaging/confined.py" "$PWD/$unit" "$server" "$work/respkv.conf" --dir "$state"
}
for _ in $(seq 50); do [ ! -S "$work/notify" ] || break; sleep 0.1; done
chown -R 0:0 "$state"
confined >"$work/confined.log" 2>&1 &
pid=$!
check "becomes ready" 'ready || { tail -5 "$work/confined.log"; false; }'
check "serves" load
inner=$(pgrep -f "^$server $work/respkv.conf" | head -1); grep -E "NoNewPrivs|Seccomp:|CapBnd|CapEff" /proc/$inner/status
check "no new privileges, filtered, no capabilities" 'grep -qE "NoNewPrivs:.1" /proc/$inner/status && grep -qE "Seccomp:.2" /proc/$inner/status && grep -qE "CapBnd:.0{16}" /proc/$inner/status'
check "the file system is read-only but for the state directory" 'awk "\$5 == \"/\" { print \$6 }" /proc/$inner/mountinfo | tail -1 | grep -q "^ro"'
check "SIGTERM: exit code 0" 'stop "$inner"'
wait "$listener" || true
check "systemd was told of recovery, readiness and the stop" 'grep -q "STATUS=Recovering" "$work/notified.txt" && grep -q "READY=1" "$work/notified.txt" && grep -q "STOPPING=1" "$work/notified.txt"'
confined >>"$work/confined.log" 2>&1 &
pid=$!
check "the data is back" 'ready && [ "$(cli GET greeting)" = hello ]'
stop "$(pgrep -f "^$server $work/respkv.conf" | head -1)" || true
printf '\n%d failed\n' "$failed"
[ "$failed" -eq 0 ]
