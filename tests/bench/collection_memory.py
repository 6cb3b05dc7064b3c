#!/usr/bin/env python3
"""Memory that small collections take: a million of each kind, in RespKv and in redis-server, in bytes a key.

    tests/bench/collection_memory.py --server artifacts/bin/RespKv.Server/release/respkv-server [--keys 1000000] [--port 29790]

Both are started on 127.0.0.1 with empty directories and without fsync (what is in memory is the same), and filled by pipelined commands.
used_memory is what INFO says; rss is what /proc says, of which the part of an empty server is taken off. Needs redis-server.
"""

import argparse
import os
import shutil
import socket
import subprocess
import tempfile
import time

BATCH_KEYS = 1000


def command(*words):
    parts = [b"*%d\r\n" % len(words)]
    for word in words:
        data = word if isinstance(word, bytes) else str(word).encode()
        parts.append(b"$%d\r\n%s\r\n" % (len(data), data))
    return b"".join(parts)


def hash_of(i):
    return command("HSET", f"h:{i:08}", *[w for n in range(5) for w in (f"field{n:03}", f"{i * 7919 + n:08}"[-8:])])


def set_of(i):
    return command("SADD", f"s:{i:08}", *[f"m{(i * 31 + n) % 10_000_000:07}" for n in range(5)])


def integers_of(i):
    return command("SADD", f"i:{i:08}", *[(i * 31 + n) % 1_000_000 for n in range(5)])


def list_of(i):
    return command("RPUSH", f"l:{i:08}", *[f"e{(i * 31 + n) % 10_000_000:07}" for n in range(5)])


def sorted_set_of(i):
    return command("ZADD", f"z:{i:08}", *[w for n in range(5) for w in ((i * 17 + n * 101) % 100_000, f"m{(i * 31 + n) % 10_000_000:07}")])


KINDS = {
    "hash, 5 fields of 8 + 8 bytes": hash_of,
    "set, 5 members of 8 bytes": set_of,
    "set, 5 integers": integers_of,
    "list, 5 elements of 8 bytes": list_of,
    "sorted set, 5 members of 8 bytes": sorted_set_of,
}


class Client:
    def __init__(self, port):
        deadline = time.monotonic() + 30
        while True:
            try:
                self.socket = socket.create_connection(("127.0.0.1", port))
                self.file = self.socket.makefile("rb")
                self.socket.sendall(command("PING"))
                if self.file.readline() == b"+PONG\r\n":
                    return
            except OSError:
                pass
            if time.monotonic() > deadline:
                raise SystemExit(f"no server on port {port}")
            time.sleep(0.1)

    def load(self, make, keys):
        for start in range(0, keys, BATCH_KEYS):
            batch = [make(i) for i in range(start, min(start + BATCH_KEYS, keys))]
            self.socket.sendall(b"".join(batch))
            for _ in batch:
                reply = self.file.readline()
                if not reply.startswith(b":"):
                    raise SystemExit(f"unexpected reply: {reply!r}")

    def used_memory(self):
        self.socket.sendall(command("INFO", "memory"))
        length = int(self.file.readline()[1:])
        text = self.file.read(length + 2).decode()
        return int(next(line for line in text.splitlines() if line.startswith("used_memory:")).split(":")[1])


def rss_bytes(process):
    with open(f"/proc/{process.pid}/status") as status:
        return int(next(line for line in status if line.startswith("VmRSS")).split()[1]) * 1024


def measure(start, port, make, keys):
    directory = tempfile.mkdtemp(prefix="collection-memory-")
    process = subprocess.Popen(start + ["--port", str(port), "--dir", directory], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        client = Client(port)
        used, rss = client.used_memory(), rss_bytes(process)
        client.load(make, keys)
        time.sleep(2)
        return (client.used_memory() - used) / keys, (rss_bytes(process) - rss) / keys
    finally:
        process.kill()
        process.wait()
        shutil.rmtree(directory, ignore_errors=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--server", required=True)
    parser.add_argument("--redis", default=shutil.which("redis-server"))
    parser.add_argument("--keys", type=int, default=1_000_000)
    parser.add_argument("--port", type=int, default=29790)
    parser.add_argument("--only", default="", help="kinds that contain this word")
    options = parser.parse_args()
    print("| bytes a key | RespKv used_memory | Redis used_memory | RespKv rss | Redis rss |")
    print("| --- | --- | --- | --- | --- |")
    for name, make in KINDS.items():
        if options.only not in name:
            continue
        ours = measure([os.path.abspath(options.server), "--appendfsync", "no"], options.port, make, options.keys)
        theirs = measure([options.redis, "--save", ""], options.port + 1, make, options.keys)
        print(f"| {name} | {ours[0]:.0f} | {theirs[0]:.0f} | {ours[1]:.0f} | {theirs[1]:.0f} |", flush=True)


if __name__ == "__main__":
    main()
