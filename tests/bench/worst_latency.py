#!/usr/bin/env python3
"""The worst that a client sees: p99.9 and worst latency of SET and GET, 50 clients, with 10 million keys loaded, in turn with Redis.

    dotnet build -c Release && tests/bench/worst_latency.py [--seconds 60] [--keys 10000000] [--rounds 1] [--server CMD]

Needs redis-server and redis-benchmark 7. Both servers stay loaded (about 4 GiB), one is measured at a time. The closed loop of
redis-benchmark sends nothing while it waits, so a stall counts once a client; tests/RespKv.Latency sends on time instead.
"""
import argparse
import re
import subprocess
import sys

sys.dont_write_bytecode = True
import servers  # noqa: E402

PERCENTILE = re.compile(r"([0-9.]+)% <= ([0-9.]+) milliseconds \(cumulative count ([0-9]+)\)")


def measure(server, test, seconds, keys):
    rate = server.benchmark(test, 200_000, keys=keys)["rps"]
    run = subprocess.run(["redis-benchmark", "-p", str(server.port), "-t", test, "-n", str(int(rate * seconds)), "-c", "50", "-r", str(keys), "-d", "64"],
                         capture_output=True, text=True, check=True, timeout=seconds * 10 + 60)
    points = [(float(share), float(ms)) for share, ms, _ in PERCENTILE.findall(run.stdout)]
    at = lambda share: next(ms for reached, ms in points if reached >= share)
    return {"rps": float(re.search(r"throughput summary: ([0-9.]+)", run.stdout)[1]), "p50": at(50), "p99": at(99), "p99.9": at(99.9), "worst": max(ms for _, ms in points)}


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--server", default=servers.OURS)
    ap.add_argument("--seconds", type=int, default=60)
    ap.add_argument("--keys", type=int, default=10_000_000)
    ap.add_argument("--rounds", type=int, default=1)
    ap.add_argument("--workdir")
    a = ap.parse_args()
    ours, redis = servers.Server(a.server, a.workdir), servers.Server(servers.REDIS, a.workdir)
    try:
        for server in (ours, redis):
            server.populate(a.keys, 64)
        print("| test | server | requests/s | p50 ms | p99 | p99.9 | worst |\n| --- | --- | --- | --- | --- | --- | --- |")
        for turn in range(a.rounds):
            for test in ("set", "get"):
                for name, server in (("RespKv", ours), ("Redis", redis))[:: 1 if turn % 2 == 0 else -1]:
                    r = measure(server, test, a.seconds, a.keys)
                    print(f"| {test} | {name} | {r['rps']:.0f} | {r['p50']:.2f} | {r['p99']:.2f} | {r['p99.9']:.2f} | {r['worst']:.1f} |", flush=True)
                    server.settle()
    finally:
        ours.stop()
        redis.stop()


if __name__ == "__main__":
    main()
