#!/usr/bin/env python3
"""How cost grows with the number of keys, the size of values, the number of connections and the depth of pipelines.

Runs the server in turn with Debian's redis-server (appendfsync always) under redis-benchmark, prints a table for every section and records
the medians in a JSON file that plot.py draws. A section that is measured again replaces its part of the file.

    dotnet build -c Release && tests/bench/growth.py                  # all of it, below 15 minutes
    tests/bench/growth.py --only depth --scale 0.1 --json depth.json  # a short look

Every run lasts about a second, whatever the server: the number of requests follows from a warm-up. Each value is a median of --runs; ratio and
cpu x are medians of the ratios pair by pair, ours to Redis. CPU is server time per request, user and system; what Redis's forked
children take to rewrite its log is not in it, our checkpoints are. Memory per key is growth over the empty, warmed-up server.
Both servers run side by side, one idle: 10 million keys take 3 to 4 GB.
"""
import argparse
import datetime
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True  # no __pycache__ in the source tree
from servers import HERE, OURS, REDIS, Server, median_ratio, medians, shown_command, sync_ms  # noqa: E402

NAMES = ("ours", "redis")
# What one section varies, and under which name.
AXES = {"keys": "keys", "values": "value_bytes", "connections": "clients", "depth": "depth"}
OPEN_FILES = 4096
OPEN_FILES_BESIDE = 300  # what a server may keep for itself
WARM_UP_SECONDS = 1.0


def shapes(section, scale):
    """The points of a section: what redis-benchmark is asked for. `scale` shortens keyspaces, not what is varied otherwise."""
    base = {"clients": 50, "depth": 1, "keys": max(1000, int(1_000_000 * scale)), "value_bytes": 64}
    if section == "keys":
        return [{**base, "keys": max(1000, int(keys * scale)), "depth": depth} for keys in (100_000, 1_000_000, 10_000_000) for depth in (1, 16)]
    if section == "values":  # at most 100 MB of values
        sizes = ((16, 100_000), (1 << 10, 100_000), (64 << 10, 1_000), (1 << 20, 64))
        return [{**base, "value_bytes": size, "keys": max(16, int(keys * scale))} for size, keys in sizes]
    if section == "connections":
        return [{**base, "clients": clients} for clients in (1, 2, 5, 10, 50, 100, 500, 1000)]
    return [{**base, "depth": 1 << power} for power in range(9)]


def measure(servers, test, shape, seconds, runs):
    """One point: the servers in turn, the other one first in every second run."""
    requests = {name: servers[name].requests_for(seconds, test, **shape) for name in NAMES}
    seen = {name: [] for name in NAMES}
    for run in range(runs):
        for name in NAMES if run % 2 == 0 else reversed(NAMES):
            seen[name].append(servers[name].benchmark(test, requests[name], **shape))
    point = {"test": test, **shape, **{name: medians(seen[name]) for name in NAMES}}
    for name in NAMES:
        point[name]["bytes_per_second"] = round(point[name]["rps"] * shape["value_bytes"])
        point[name]["cpu"] = round(point[name]["cpu"], 3)
        point[name]["rps_of_runs"] = [round(run["rps"]) for run in seen[name]]
    point["ratio"] = round(median_ratio(seen["ours"], seen["redis"], "rps"), 3)
    point["cpu_ratio"] = round(median_ratio(seen["ours"], seen["redis"], "cpu"), 3)
    return point


def memory_per_key(servers, empty, keys):
    row = {"keys": keys}
    for name in NAMES:
        now = servers[name].memory()
        row[name] = {**now, **{f"{what}_per_key": round((now[what] - empty[name][what]) / keys, 1) for what in now}}
    return row


def section_of(section, args, open_files):
    points, memory = [], []
    commands = dict(zip(NAMES, (args.server, REDIS)))
    servers = {}
    print(f"\n## {section}\n\n| {AXES[section]} | test | requests/s | Redis | ratio | MB/s | Redis | p50 ms | Redis | p99 ms | Redis | worst ms | Redis | CPU us | Redis | cpu x |")
    print("|" + " --- |" * 16)
    try:
        for number, name in enumerate(NAMES):
            servers[name] = Server(commands[name], args.workdir, args.port and args.port + number)
            for test in ("set", "get"):  # compiles what is hot; few keys, for memory is measured against this state
                shape = {"clients": 50, "depth": 16, "keys": 1000, "value_bytes": 64}
                servers[name].benchmark(test, servers[name].requests_for(WARM_UP_SECONDS, test, **shape), **shape)
            servers[name].cli("flushall")
            servers[name].settle()
        empty = {name: servers[name].memory() for name in NAMES}
        for shape in shapes(section, args.scale):
            if shape["clients"] + OPEN_FILES_BESIDE > open_files:
                print(f"{shape['clients']} connections left out: the limit of open files is {open_files}", file=sys.stderr)
                continue
            loaded = [servers[name].populate(shape["keys"], shape["value_bytes"]) for name in NAMES]
            if section == "keys" and any(loaded):
                memory.append(memory_per_key(servers, empty, shape["keys"]))
            for test in ("set", "get"):
                point = measure(servers, test, shape, args.seconds, args.runs)
                points.append(point)
                cells = [shape[AXES[section]], f"{test}, {shape['depth']} deep" if section == "keys" else test]
                for what, form, factor in (("rps", ".0f", 1), ("bytes_per_second", ".1f", 1e-6), ("p50", ".2f", 1), ("p99", ".2f", 1), ("max", ".1f", 1), ("cpu", ".2f", 1)):
                    cells += [f"{point[name][what] * factor:{form}}" for name in NAMES]
                    cells += [f"{point['ratio']:.2f}"] if what == "rps" else [f"{point['cpu_ratio']:.2f}"] if what == "cpu" else []
                print("| " + " | ".join(map(str, cells)) + " |", flush=True)
    finally:
        for server in servers.values():
            server.stop()
    if memory:
        print("\n| keys | used_memory, bytes a key | Redis | resident, bytes a key | Redis |\n|" + " --- |" * 5)
        for row in memory:
            print(f"| {row['keys']} | " + " | ".join(f"{row[name][what]:.1f}" for what in ("used_bytes_per_key", "resident_bytes_per_key") for name in NAMES) + " |")
    redis = subprocess.run(["redis-server", "--version"], capture_output=True, text=True, check=True).stdout
    return {"axis": AXES[section], "date": datetime.date.today().isoformat(), "cpus": os.cpu_count(), "kernel": platform.release().split("-")[0],
            "fdatasync_ms": round(sync_ms(args.workdir), 3), "redis_version": redis.split("v=")[1].split()[0], "server": shown_command(args.server),
            "redis": REDIS, "runs": args.runs, "seconds": args.seconds, "memory": memory, "points": points}


def as_json(sections):
    """With one point a line: readable, and a short difference when it is recorded again."""
    def field(value):
        return "[\n  " + ",\n  ".join(map(json.dumps, value)) + "\n ]" if isinstance(value, list) and value else json.dumps(value)
    texts = [f"{json.dumps(name)}: {{\n " + ",\n ".join(f"{json.dumps(key)}: {field(value)}" for key, value in section.items()) + "\n}"
             for name, section in sections.items()]
    return "{\n" + ",\n".join(texts) + "\n}\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--server", default=OURS, help="command line with {port} and {dir}")
    parser.add_argument("--only", choices=AXES, nargs="+", default=list(AXES))
    parser.add_argument("--runs", type=int, default=3, help="of every point and server")
    parser.add_argument("--scale", type=float, default=1.0, help="of the keyspaces and of a run's time (at least 0.1 s)")
    parser.add_argument("--json", default=os.path.join(HERE, "../../docs/plots/growth.json"))
    parser.add_argument("--workdir", default=tempfile.gettempdir(), help="where the data directories are made")
    parser.add_argument("--port", type=int, default=0, help="this one and the next (default: free ones)")
    args = parser.parse_args()
    args.seconds = max(0.1, args.scale)

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    open_files = max(soft, OPEN_FILES if hard == resource.RLIM_INFINITY else min(hard, OPEN_FILES))
    resource.setrlimit(resource.RLIMIT_NOFILE, (open_files, hard))

    for section in args.only:
        result = section_of(section, args, open_files)
        recorded = {}
        if os.path.exists(args.json):
            with open(args.json, encoding="utf-8") as file:
                recorded = json.load(file)
        recorded[section] = result
        os.makedirs(os.path.dirname(os.path.abspath(args.json)), exist_ok=True)
        with open(args.json, "w", encoding="utf-8") as file:
            file.write(as_json({name: recorded[name] for name in AXES if name in recorded}))


if __name__ == "__main__":
    main()
