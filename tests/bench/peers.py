#!/usr/bin/env python3
"""The same scenarios for several servers in turn, in one run, as a markdown table; or what they ask of the kernel for a SET.

    tests/bench/peers.py redis ours                                  # requests/s and CPU of both, ratios to the first
    tests/bench/peers.py redis ours garnet --runs 5                  # garnet-server has to be on the PATH
    tests/bench/peers.py redis 'other=other-server --port {port} --dir {dir}' --only set-c50 get-c50
    tests/bench/peers.py --syscalls ours redis garnet                # needs strace, and the right to trace

A peer is one of ours, redis, redis-memory, garnet, garnet-sync, or name=command with {port} and {dir} in it. All servers run side by side,
all but one idle. ratio and cpu x are medians of the ratios run by run, to the first peer of the line. CPU is server time per request, user and system.

Garnet is the .NET server of microsoft/garnet, set to wait for the commit of its log before it answers; with garnet-sync it also opens the log so
that a write waits for the disk (--device-type FileStream). Its third device, Native, needs glibc 2.38, which is newer than Debian 12's.
    dotnet tool install garnet-server --version 2.2.5 --tool-path DIR && PATH=$PATH:DIR tests/bench/peers.py redis ours garnet
"""
import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True  # no __pycache__ in the source tree
from servers import OURS, REDIS, Server, median_ratio, medians, shown_command, sync_ms  # noqa: E402

GARNET = "garnet-server --port {port} --bind 127.0.0.1 --checkpointdir {dir} --aof --aof-commit-freq 0 --aof-commit-wait --device-type "
KNOWN = {
    "ours": OURS,
    "redis": REDIS,
    "redis-memory": "redis-server --port {port} --dir {dir} --save '' --appendonly no",
    "garnet": GARNET + "RandomAccess",
    "garnet-sync": GARNET + "FileStream",  # opens its log with O_SYNC
}
# name: test, requests, clients, depth
SCENARIOS = {
    "set-c50": ("set", 150_000, 50, 1),
    "set-c50-p16": ("set", 800_000, 50, 16),
    "set-c512": ("set", 150_000, 512, 1),
    "set-c1": ("set", 10_000, 1, 1),
    "set-c1-p64": ("set", 400_000, 1, 64),
    "get-c50": ("get", 150_000, 50, 1),
    "get-c50-p16": ("get", 800_000, 50, 16),
    "incr-c50-p16": ("incr", 800_000, 50, 16),
    "mset-c50": ("mset", 60_000, 50, 1),
}
CALLS = ("fsync", "fdatasync", "sync_file_range", "msync", "pwrite64", "pwritev", "pwritev2", "io_submit", "io_uring_enter")


def table(servers, args):
    """Every scenario: a warm-up, then the servers in turn; another one begins every run."""
    names = list(servers)
    heads = ["scenario", f"{names[0]}, requests/s", "CPU us"]
    for name in names[1:]:
        heads += [f"{name}, requests/s", "CPU us", "ratio", "cpu x"]
    print("| " + " | ".join(heads) + " |\n|" + " --- |" * len(heads))
    results = {}
    for server in servers.values():  # compiles what is hot
        for test in ("set", "get"):
            server.benchmark(test, max(1000, int(400_000 * args.scale)), depth=16)
    for scenario in args.only:
        test, requests, clients, depth = SCENARIOS[scenario]
        requests = max(1000, int(requests * args.scale))
        shape = {"clients": clients, "depth": depth}
        for name in names:
            servers[name].benchmark(test, max(1000, requests // 4), **shape)
        seen = {name: [] for name in names}
        for run in range(args.runs):
            turn = run % len(names)
            for name in names[turn:] + names[:turn]:
                seen[name].append(servers[name].benchmark(test, requests, **shape))
        results[scenario] = {name: medians(seen[name]) for name in names}
        cells = [scenario]
        for name in names:
            figures = results[scenario][name]
            cells += [f"{figures['rps']:.0f}", f"{figures['cpu']:.2f}"]
            if name != names[0]:
                figures["ratio"], figures["cpu_ratio"] = (median_ratio(seen[name], seen[names[0]], what) for what in ("rps", "cpu"))
                cells += [f"{figures['ratio']:.2f}", f"{figures['cpu_ratio']:.2f}"]
        print("| " + " | ".join(cells) + " |", flush=True)
    return results


def synchronous_files(server):
    """How many files of the data directory are open, and how many of them so that a write waits for the disk (O_SYNC, O_DSYNC)."""
    files = synchronous = 0
    folder = f"/proc/{server.process.pid}"
    for number in os.listdir(f"{folder}/fd"):
        try:
            if os.readlink(f"{folder}/fd/{number}").startswith(os.path.realpath(server.directory) + "/"):
                with open(f"{folder}/fdinfo/{number}", encoding="ascii") as info:
                    flags = next(int(line.split()[1], 8) for line in info if line.startswith("flags"))
                files += 1
                synchronous += bool(flags & os.O_DSYNC)
        except FileNotFoundError:
            pass  # closed meanwhile
    return files, synchronous


def calls_of(server, sets):
    """The calls of `sets` SETs of one client that sends one at a time, per 1000 of them."""
    server.benchmark("set", 1000, clients=1)  # files made, code compiled
    with tempfile.NamedTemporaryFile("r", encoding="ascii") as summary:
        tracer = subprocess.Popen(["strace", "-f", "-c", "-e", "trace=" + ",".join(CALLS), "-o", summary.name, "-p", str(server.process.pid)],
                                  stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        if "attached" not in tracer.stderr.readline():
            raise SystemExit("strace cannot attach")
        time.sleep(0.5)  # the other threads
        server.benchmark("set", sets, clients=1)
        tracer.send_signal(signal.SIGINT)
        tracer.communicate()
        rows = (line.split() for line in summary.read().splitlines())
        return {row[-1]: int(row[3]) * 1000 / sets for row in rows if row and row[-1] in CALLS}


def syscalls(servers, args):
    """Acknowledged on disk means: about one sync (or one write into a file opened for it) for every SET of a lone client."""
    if not shutil.which("strace"):
        raise SystemExit("strace is missing (Debian: apt-get install strace)")
    results = {name: calls_of(server, args.sets) for name, server in servers.items()}
    print(f"Calls per 1000 SETs of one client, one at a time ({args.sets} SETs):\n")
    print("| call | " + " | ".join(servers) + " |\n|" + " --- |" * (len(servers) + 1))
    for call in CALLS:
        if any(call in result for result in results.values()):
            print(f"| {call} | " + " | ".join(f"{result.get(call, 0):.0f}" for result in results.values()) + " |")
    opened = {name: synchronous_files(server) for name, server in servers.items()}
    print("| files of the data directory open, with O_SYNC or O_DSYNC | " + " | ".join(f"{files}, {synchronous}" for files, synchronous in opened.values()) + " |")
    return results


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("peers", nargs="*", default=["redis", "ours"], metavar="PEER", help="a known name, or name=command (default: redis ours)")
    parser.add_argument("--only", nargs="+", choices=SCENARIOS, default=list(SCENARIOS))
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--scale", type=float, default=1.0, help="of the numbers of requests")
    parser.add_argument("--syscalls", action="store_true", help="count system calls instead")
    parser.add_argument("--sets", type=int, default=2000, help="with --syscalls")
    parser.add_argument("--json", help="file to record the figures in")
    parser.add_argument("--workdir", default=tempfile.gettempdir(), help="where the data directories are made")
    parser.add_argument("--port", type=int, default=0, help="of the first server (default: free ones)")
    args = parser.parse_args()

    commands = {}
    for peer in args.peers:
        name, given, command = peer.partition("=")
        if not given and name not in KNOWN:
            parser.error(f"{name}: known are {', '.join(KNOWN)}; or name=command")
        commands[name] = command if given else KNOWN[name]
    servers = {}
    try:
        for number, (name, command) in enumerate(commands.items()):
            servers[name] = Server(command, args.workdir, args.port and args.port + number)
        results = (syscalls if args.syscalls else table)(servers, args)
    finally:
        for server in servers.values():
            server.stop()
    print("\n" + "\n".join(f"    {name}: {shown_command(command)}" for name, command in commands.items()))
    print(f"    fdatasync of 4 KiB: {sync_ms(args.workdir):.2f} ms; {os.cpu_count()} cores")
    if args.json:
        with open(args.json, "w", encoding="utf-8") as file:
            json.dump(results, file, indent=1)
            file.write("\n")


if __name__ == "__main__":
    main()
