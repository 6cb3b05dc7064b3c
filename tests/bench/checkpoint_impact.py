#!/usr/bin/env python3
"""What checkpoints and compaction cost the clients: p99 of SET and GET, memory, disk.

Starts a server of its own in a temporary directory, fills it, and lets redis-benchmark write and read at the same time
in windows: in turn one without checkpoints (checkpoint-log-bytes 0) and one with many (a small checkpoint-log-bytes, so that
checkpoints and compactions go on all the time). Prints every window and the ratios, and ends with 1 when a bound is exceeded.

    dotnet build -c Release && tests/bench/checkpoint_impact.py

Needs redis-benchmark and redis-cli. The machine should have nothing else to do.
"""
import argparse
import csv
import io
import os
import shlex
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time

P99_RATIO_MAX = 1.5
MEMORY_RATIO_MAX = 1.10
HERE = os.path.dirname(os.path.abspath(__file__))
SERVER = os.path.join(HERE, "../../src/RespKv.Server/bin/Release/net10.0/respkv-server")


def cli(port, *words):
    return subprocess.run(["redis-cli", "-p", str(port), *words], capture_output=True, text=True, check=True).stdout


def info(port):
    fields = {}
    for line in cli(port, "info", "everything").splitlines():
        name, colon, value = line.partition(":")
        if colon:
            fields[name] = value.strip()
    return fields


def resident_bytes(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmRSS"))


def disk_bytes(directory):
    total = 0
    for name in os.listdir(directory):
        try:
            total += os.stat(os.path.join(directory, name)).st_blocks * 512
        except FileNotFoundError:
            pass
    return total


def benchmark(port, test, clients, requests, args):
    command = ["redis-benchmark", "-p", str(port), "-t", test, "-c", str(clients), "-n", str(requests),
               "-r", str(args.keys), "-d", str(args.value_bytes), "--csv"]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)


def figures(text):
    row = next(csv.DictReader(io.StringIO(text)))
    return float(row["rps"]), float(row["p99_latency_ms"]), float(row["max_latency_ms"])


def window(port, pid, directory, args, rates):
    """One window: SET and GET at the same time. Returns their figures and the peaks."""
    runs = {t: benchmark(port, t, args.clients, max(1000, int(rates[t] * args.seconds)), args) for t in ("set", "get")}
    memory = disk = 0
    while any(run.poll() is None for run in runs.values()):
        memory = max(memory, resident_bytes(pid))
        disk = max(disk, disk_bytes(directory))
        time.sleep(0.1)
    result = {t: figures(run.stdout.read()) for t, run in runs.items()}
    for test in rates:
        rates[test] = result[test][0]
    return result, memory, disk


def settle(port):
    """Waits until nothing runs in the background."""
    deadline = time.monotonic() + 120
    quiet = 0
    while quiet < 5 and time.monotonic() < deadline:
        quiet = quiet + 1 if info(port)["checkpoint_phase"] == "idle" else 0
        time.sleep(0.1)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--server", default=f"{SERVER} --port {{port}} --dir {{dir}}", help="command line with {port} and {dir}")
    parser.add_argument("--dir", help="where the data directory is made (default: the system's temporary directory)")
    parser.add_argument("--keys", type=int, default=2_000_000)
    parser.add_argument("--value-bytes", type=int, default=64)
    parser.add_argument("--clients", type=int, default=25, help="of each kind")
    parser.add_argument("--seconds", type=float, default=10, help="of a window, about")
    parser.add_argument("--rounds", type=int, default=6, help="of one window without and one with checkpoints")
    parser.add_argument("--checkpoint-log-bytes", default="16mb", help="in the windows with checkpoints")
    args = parser.parse_args()

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    base = tempfile.mkdtemp(prefix="respkv-bench-", dir=args.dir)
    directory = os.path.join(base, "data")
    command = shlex.split(args.server.format(port=port, dir=directory))
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(200):
            if subprocess.run(["redis-cli", "-p", str(port), "ping"], capture_output=True, text=True).stdout.strip() == "PONG":
                break
            time.sleep(0.1)
        subprocess.run(["redis-benchmark", "-p", str(port), "-t", "set", "-c", "50", "-P", "64", "-n", str(args.keys * 4), "-r", str(args.keys),
                        "-d", str(args.value_bytes), "-q"], stdout=subprocess.DEVNULL, check=True)
        cli(port, "save")
        settle(port)
        rates = {"set": 10_000.0, "get": 10_000.0}
        cli(port, "config", "set", "checkpoint-log-bytes", "0")
        _, memory_at_rest, _ = window(port, server.pid, directory, args, rates)
        keys = int(cli(port, "dbsize"))
        live_bytes = keys * (16 + args.value_bytes)
        print(f"{keys} keys, {live_bytes >> 20} MiB of keys and values, {resident_bytes(server.pid) >> 20} MiB resident")
        print(f"{'window':24}{'SET/s':>9}{'p99 ms':>8}{'max':>8}{'GET/s':>9}{'p99 ms':>8}{'max':>8}{'MiB':>7}{'disk':>7}{'log':>6}  checkpoints, compactions")
        seen = {"without": [], "with": []}
        for number in range(args.rounds):
            for kind, log_bytes in (("without", "0"), ("with", args.checkpoint_log_bytes)):
                cli(port, "config", "set", "checkpoint-log-bytes", log_bytes)
                if kind == "without":
                    settle(port)
                before = info(port)
                result, memory, disk = window(port, server.pid, directory, args, rates)
                after = info(port)
                seen[kind].append((result, memory, disk))
                s, g = result["set"], result["get"]
                print(f"{number + 1} {kind:22}{s[0]:9.0f}{s[1]:8.2f}{s[2]:8.1f}{g[0]:9.0f}{g[1]:8.2f}{g[2]:8.1f}{memory >> 20:7}{disk >> 20:7}"
                      f"{int(after['checkpoint_log_bytes']) >> 20:6}  {int(after['checkpoints']) - int(before['checkpoints'])}, "
                      f"{int(after['compactions']) - int(before['compactions'])}", flush=True)
        failed = False
        for test in ("set", "get"):
            without, with_ = (statistics.median(w[0][test][1] for w in seen[kind]) for kind in ("without", "with"))
            rate_without, rate_with = (statistics.median(w[0][test][0] for w in seen[kind]) for kind in ("without", "with"))
            ratio = with_ / without
            failed |= ratio > P99_RATIO_MAX
            print(f"p99 of {test.upper()}: {without:.2f} ms without, {with_:.2f} ms with checkpoints: {ratio:.2f} (bound {P99_RATIO_MAX}); rate {rate_with / rate_without:.2f}")
        # Against the time before the first window with checkpoints: what those leave behind counts too.
        memory_without = max(memory_at_rest, seen["without"][0][1])
        memory_with = max(w[1] for w in seen["with"])
        ratio = memory_with / memory_without
        failed |= ratio > MEMORY_RATIO_MAX
        print(f"resident memory: {memory_without >> 20} MiB before, at most {memory_with >> 20} MiB with checkpoints: {ratio:.3f} (bound {MEMORY_RATIO_MAX})")
        fields = info(port)
        tables = int(fields["table_bytes"])
        table_bound = int(fields.get("table_bytes_max", 0))
        print(f"disk: at most {max(w[2] for w in seen['with']) >> 20} MiB in a window with checkpoints; tables {tables >> 20} MiB at the end, bound {table_bound >> 20} MiB")
        failed |= table_bound > 0 and tables > table_bound
        return 1 if failed else 0
    finally:
        server.terminate()
        server.wait()
        shutil.rmtree(base, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
