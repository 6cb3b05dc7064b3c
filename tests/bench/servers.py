"""What growth.py and peers.py share: servers to compare, keys to fill them with, redis-benchmark's figures, the server's CPU time.

Imported, not run. Needs redis-benchmark and redis-cli (Debian: redis-tools).
"""
import concurrent.futures
import csv
import io
import math
import os
import shlex
import shutil
import signal
import socket
import statistics
import subprocess
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
OURS = os.path.join(HERE, "../../src/RespKv.Server/bin/Release/net10.0/respkv-server") + " --port {port} --dir {dir}"
REDIS = "redis-server --port {port} --dir {dir} --save '' --appendonly yes --appendfsync always"
START_SECONDS_MAX = 60
STOP_SECONDS_MAX = 30
SETTLE_SECONDS_MAX = 120
BENCHMARK_SECONDS_MAX = 300
LOAD_CHUNK_BYTES = 1 << 17
LOAD_CONNECTIONS = 16


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def shown_command(command):
    """The command line without the folders of this machine, for records."""
    return " ".join((os.path.basename(word) if os.path.isabs(word) else word) or "''" for word in shlex.split(command))


def sync_ms(directory, count=200):
    """Median time of fdatasync after a write of 4 KiB into a file that has its blocks already, in ms."""
    times = []
    with tempfile.TemporaryFile(dir=directory) as file:
        for turn in ("claim", "measure"):
            for block in range(count):
                os.pwrite(file.fileno(), b"x" * 4096, block * 4096)
                begin = time.perf_counter()
                os.fdatasync(file.fileno())
                if turn == "measure":
                    times.append((time.perf_counter() - begin) * 1000)
    return statistics.median(times)


class Server:
    """One server under test with a data directory of its own; `command` has {port} and {dir} in it."""

    def __init__(self, command, workdir, port=0):
        self.port = port or free_port()
        self.directory = tempfile.mkdtemp(prefix="respkv-bench-", dir=workdir)
        self.loaded = (0, 0)  # keys, bytes of their values
        words = [w.replace("{port}", str(self.port)).replace("{dir}", self.directory) for w in shlex.split(command)]
        self.process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        try:
            self._wait_until_ready(command)
        except BaseException:
            self.stop()
            raise

    def _wait_until_ready(self, command):
        deadline = time.monotonic() + START_SECONDS_MAX
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise SystemExit(f"server ended with {self.process.returncode}: {command}")
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=2) as client:
                    client.sendall(b"*1\r\n$4\r\nPING\r\n")
                    if client.recv(64).startswith(b"+PONG"):
                        return
            except OSError:
                pass
            time.sleep(0.05)
        raise SystemExit(f"server not ready after {START_SECONDS_MAX} s: {command}")

    def stop(self):
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            try:
                self.process.wait(STOP_SECONDS_MAX)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()
        shutil.rmtree(self.directory, ignore_errors=True)

    def cli(self, *words):
        return subprocess.run(["redis-cli", "-p", str(self.port), *words], capture_output=True, text=True, check=True).stdout

    def info(self):
        lines = (line.partition(":") for line in self.cli("info", "everything").splitlines())
        return {name: value.strip() for name, colon, value in lines if colon}

    def cpu_seconds(self):
        """User and system time of the process so far: utime + stime of /proc/PID/stat, but in ns and not in ticks (the clock's number is
        that of clock_getcpuclockid(3)). Children that it forked are not in it."""
        return time.clock_gettime((~self.process.pid << 3) | 2)

    def memory(self):
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as status:
            resident = next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmRSS"))
        return {"used_bytes": int(self.info()["used_memory"]), "resident_bytes": resident}

    def settle(self):
        """Waits until no checkpoint and no rewrite of the log goes on."""
        deadline = time.monotonic() + SETTLE_SECONDS_MAX
        quiet = 0
        while quiet < 5 and time.monotonic() < deadline:
            fields = self.info()
            busy = fields.get("checkpoint_phase", "idle") != "idle" or fields.get("aof_rewrite_in_progress", "0") != "0"
            quiet = 0 if busy else quiet + 1
            time.sleep(0.1)

    def populate(self, keys, value_bytes):
        """Makes the keyspace that redis-benchmark -r `keys` -d `value_bytes` uses, in full. True if something was loaded."""
        if self.loaded == (keys, value_bytes):
            return False
        if self.loaded[1] != value_bytes or self.loaded[0] > keys:
            self.cli("flushall")
            self.loaded = (0, value_bytes)
        self._load(self.loaded[0], keys, value_bytes)
        self.loaded = (keys, value_bytes)
        self.settle()
        return True

    def _load(self, first, end, value_bytes):
        """SETs over several connections: a server that syncs once for all that it has read syncs less often."""
        request = f"*3\r\n$3\r\nSET\r\n$16\r\nkey:%012d\r\n${value_bytes}\r\n" + "v" * value_bytes + "\r\n"
        step = max(1, LOAD_CHUNK_BYTES // len(request))

        def part(number):
            with socket.create_connection(("127.0.0.1", self.port), timeout=SETTLE_SECONDS_MAX) as client:
                for key in range(first + number * step, end, step * LOAD_CONNECTIONS):
                    keys = range(key, min(key + step, end))
                    client.sendall("".join(map(request.__mod__, keys)).encode())
                    missing = len(b"+OK\r\n") * len(keys)
                    while missing > 0:
                        replies = client.recv(1 << 16)
                        if not replies or b"-" in replies:
                            raise SystemExit(f"port {self.port}: loading keys failed: {replies[:200]!r}")
                        missing -= len(replies)

        with concurrent.futures.ThreadPoolExecutor(LOAD_CONNECTIONS) as pool:
            list(pool.map(part, range(LOAD_CONNECTIONS)))  # raises what a part has raised

    def benchmark(self, test, requests, clients=50, depth=1, keys=1_000_000, value_bytes=64):
        """One run of redis-benchmark. rps, latencies in ms, cpu in us of server time per request."""
        before = self.cpu_seconds()
        run = subprocess.run(["redis-benchmark", "-p", str(self.port), "-t", test, "-n", str(requests), "-c", str(clients), "-P", str(depth),
                              "-r", str(keys), "-d", str(value_bytes), "--csv"], capture_output=True, text=True, timeout=BENCHMARK_SECONDS_MAX)
        rows = list(csv.DictReader(io.StringIO(run.stdout[run.stdout.find('"test"'):])))
        if run.returncode != 0 or not rows:
            raise SystemExit(f"redis-benchmark failed: {' '.join(run.args)}\n{run.stdout[-500:]}{run.stderr[-500:]}")
        row = rows[-1]
        return {"rps": float(row["rps"]), "p50": float(row["p50_latency_ms"]), "p99": float(row["p99_latency_ms"]),
                "max": float(row["max_latency_ms"]), "cpu": (self.cpu_seconds() - before) * 1e6 / requests}

    def requests_for(self, seconds, test, **shape):
        """Warms up, and says how many requests take about `seconds`."""
        least = 2 * shape["clients"] * shape["depth"]
        requests = max(least, 100)
        while True:
            rps = self.benchmark(test, requests, **shape)["rps"]
            if not math.isfinite(rps):
                requests *= 8
            elif requests >= 0.2 * seconds * rps:
                return max(least, int(seconds * rps))
            else:
                requests = max(requests * 2, int(0.3 * seconds * rps))


def medians(runs):
    return {name: statistics.median(run[name] for run in runs) for name in runs[0]}


def median_ratio(runs, others, name):
    """Median of the ratios pair by pair."""
    return statistics.median(a[name] / b[name] for a, b in zip(runs, others))
