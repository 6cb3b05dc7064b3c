#!/usr/bin/env bash
# Tries what compose.yaml says, without a container engine.
#
#   tests/packaging/compose.sh SERVER [--port N] [--schema compose-spec.json]      SERVER: a published respkv-server
#
# The server gets the environment that compose.yaml and the Dockerfile give it; Prometheus gets conf/prometheus-compose.yml, with the address and the
# password file replaced, for there is no network of containers; its healthcheck is the Dockerfile's. Prometheus has to say that the target is up. With
# --schema (compose-spec/compose-spec, schema/compose-spec.json) the file is held against the schema.
# Needs Debian's prometheus, curl, redis-tools, python3-yaml, and python3-jsonschema for --schema.
set -euo pipefail
cd "$(dirname "$0")/../.."
server=$(readlink -f "$1") port=21190 schema=
shift
while [ $# -gt 0 ]; do
  case $1 in --port) port=$2 ;; --schema) schema=$2 ;; *) exit 1 ;; esac
  shift 2
done
http=$((port + 1)) prometheus=$((port + 2))
work=$(mktemp -d) failed=0 pids=()
trap 'for p in "${pids[@]}"; do kill "$p" 2>/dev/null || true; done; wait; rm -rf "$work"' EXIT
check() { if eval "$2"; then echo "ok: $1"; else echo "FAILED: $1"; failed=$((failed + 1)); fi; }
until_true() { for _ in $(seq 200); do ! eval "$1" >/dev/null 2>&1 || return 0; sleep 0.1; done; return 1; }

if [ -n "$schema" ]; then
  check "compose.yaml is of the schema" '/usr/bin/python3 -c "
import json, sys, yaml, jsonschema
schema = json.load(open(sys.argv[1]))
jsonschema.validate(yaml.safe_load(open(\"compose.yaml\")), schema, cls=jsonschema.validators.validator_for(schema))" "$schema"'
fi
check "conf/prometheus-compose.yml: promtool" 'promtool check config conf/prometheus-compose.yml >/dev/null'

mapfile -t environment < <(RESPKV_PASSWORD=s3cret /usr/bin/python3 -c '
import os, re, yaml
given = yaml.safe_load(open("compose.yaml"))["services"]["respkv"]["environment"]
for name, value in given.items():
    print(name + "=" + re.sub(r"\$\{(\w+):\?[^}]*\}", lambda m: os.environ[m.group(1)], str(value)))
for name, value in re.findall(r"(RESPKV_\w+)=\"([^\"]*)\"", open("Dockerfile").read()):
    if name != "RESPKV_DIR":
        print(name + "=" + value)')
environment+=("RESPKV_DIR=$work/data" "RESPKV_PORT=$port" "RESPKV_HTTP_PORT=$http")
env "${environment[@]}" "$server" >"$work/server.log" 2>&1 &
pids+=($!)
check "the health check of the Dockerfile becomes 0" 'until_true "env \"\${environment[@]}\" $server --ping"'
check "requests by the name of the service are answered" '[ "$(curl -s -o /dev/null -w "%{http_code}" --resolve "respkv:$http:127.0.0.1" -u default:s3cret "http://respkv:$http/metrics")" = 200 ]'
check "others by name are not" '[ "$(curl -s -o /dev/null -w "%{http_code}" --resolve "evil.example:$http:127.0.0.1" -u default:s3cret "http://evil.example:$http/metrics")" = 403 ]'
check "metrics without the password are not" '[ "$(curl -s -o /dev/null -w "%{http_code}" "http://127.0.0.1:$http/metrics")" = 401 ]'
check "a password over plain HTTP from another address is taken" '[ "$(curl -s -o /dev/null -w "%{http_code}" -u default:s3cret "http://$(hostname -I | cut -d" " -f1):$http/v1/stats")" = 200 ]'

printf s3cret >"$work/password"
cp conf/prometheus-alerts.yml "$work/"
sed "s#/run/secrets/respkv-password#$work/password#; s#respkv:8380#127.0.0.1:$http#; s#5s#1s#" conf/prometheus-compose.yml >"$work/prometheus.yml"
cp conf/prometheus-alerts.yml "$work/"
prometheus --config.file="$work/prometheus.yml" --storage.tsdb.path="$work/tsdb" --web.listen-address="127.0.0.1:$prometheus" >"$work/prometheus.log" 2>&1 &
pids+=($!)
check "Prometheus: it is asked for this server" 'grep -q "127.0.0.1:$http" "$work/prometheus.yml" && grep -q "$work/password" "$work/prometheus.yml"'
check "Prometheus: the target is up" 'until_true "curl -s \"http://127.0.0.1:$prometheus/api/v1/query?query=up\" | grep -q \",\\\"1\\\"\""'
redis-cli -p "$port" -a s3cret --no-auth-warning SET a 1 >/dev/null
check "Prometheus: commands are counted" 'until_true "curl -s \"http://127.0.0.1:$prometheus/api/v1/query?query=redis_commands_processed_total\" | grep -q \"value\""'
printf '\n%d failed\n' "$failed"
[ "$failed" -eq 0 ] || { tail -5 "$work/server.log"; tail -5 "$work/prometheus.log"; exit 1; }
