#!/usr/bin/env python3
"""Start-up time, idle memory, size and throughput of several publishes of the server, in turn.

    tests/bench/publish_forms.py [--rounds N] [--port N] NAME=DIRECTORY ...

Each round takes each form once: starts it on a directory that has 1000 keys and was closed in order, counts milliseconds from exec to +PONG, reads its
memory two seconds later, then redis-benchmark with 50 clients, 16 deep. The first round warms the page cache and is not counted. Prints medians,
and the least and the most. Needs redis-tools.
"""
import argparse, os, re, shutil, socket, statistics, subprocess, tempfile, time

REQUESTS = 300_000


def ping(port):
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as s:
            s.sendall(b"*1\r\n$4\r\nPING\r\n")
            return s.recv(64).startswith(b"+PONG")
    except OSError:
        return False


def start(binary, directory, port):
    began = time.monotonic()
    process = subprocess.Popen(
        [binary, "--port", str(port), "--http-port", str(port + 1), "--dir", directory, "--save", ""],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while not ping(port):
        if process.poll() is not None:
            raise SystemExit(f"{binary} ended with {process.returncode}")
        time.sleep(0.002)
    return process, (time.monotonic() - began) * 1000


def stop(process):
    process.terminate()
    if process.wait(60) != 0:
        raise SystemExit("did not stop in order")


def memory(pid):
    text = open(f"/proc/{pid}/status").read()
    return {key: int(re.search(rf"^{key}:\s+(\d+)", text, re.M).group(1)) / 1024 for key in ("VmRSS", "RssAnon")}


def benchmark(port, test):
    out = subprocess.run(
        ["redis-benchmark", "-p", str(port), "-q", "--csv", "-c", "50", "-P", "16", "-n", str(REQUESTS), "-r", "1000", "-d", "64", "-t", test],
        check=True, capture_output=True, text=True).stdout
    return float(out.splitlines()[-1].split(",")[1].strip('"'))


def size(directory):
    return sum(os.path.getsize(os.path.join(root, name)) for root, _, names in os.walk(directory) for name in names) / 2**20


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--port", type=int, default=21100)
    parser.add_argument("forms", nargs="+", metavar="NAME=DIRECTORY")
    options = parser.parse_args()
    forms = dict(form.split("=", 1) for form in options.forms)
    seen = {name: {} for name in forms}
    data = tempfile.mkdtemp()
    try:
        for round in range(options.rounds + 1):
            for name, folder in forms.items():
                binary, directory = os.path.join(folder, "respkv-server"), os.path.join(data, name)
                process, millis = start(binary, directory, options.port)
                time.sleep(2)
                row = {"start ms": millis, **memory(process.pid)}
                row["SET/s"], row["GET/s"] = (benchmark(options.port, test) for test in ("set", "get"))
                row["VmRSS, loaded"] = memory(process.pid)["VmRSS"]
                subprocess.run(["redis-cli", "-p", str(options.port), "SAVE"], check=True, capture_output=True)
                stop(process)
                if round > 0:
                    for key, value in row.items():
                        seen[name].setdefault(key, []).append(value)
            print(f"round {round} of {options.rounds}, load {os.getloadavg()[0]:.1f}", flush=True)
    finally:
        shutil.rmtree(data)

    columns = list(next(iter(seen.values())))
    print("| form | MiB | " + " | ".join(columns) + " |")
    print("| --- |" + " ---: |" * (len(columns) + 1))
    for name, folder in forms.items():
        cells = [f"{statistics.median(v):,.0f} ({min(v):,.0f}–{max(v):,.0f})" for v in seen[name].values()]
        print(f"| {name} | {size(folder):.0f} | " + " | ".join(cells) + " |")


main()
