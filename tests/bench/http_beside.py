#!/usr/bin/env python3
"""What stands beside a server whose doors are all in use: Prometheus, a browser, somebody with the API. Runs a command meanwhile, usually a benchmark.

    tests/bench/http_beside.py --http 127.0.0.1:8390 -- side_by_side.py --port 6390 --server '... --port {port} --dir {dir} --http-port 8390'

While the command runs, GET /metrics is fetched every second and headless Chromium has the console open on its page with the charts (which asks for
/v1/stats every second). Servers may come and go; what could not be fetched meanwhile is counted. Prints the count and how long a fetch took.
"""
import argparse
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request

CHROMIUM = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--disable-sync", "--remote-debugging-port=0"]


def scrape(url, stop, took, failed):
    while not stop.wait(1.0):
        start = time.perf_counter()
        try:
            with urllib.request.urlopen(url, timeout=5) as response:
                response.read()
            took.append(time.perf_counter() - start)
        except (urllib.error.URLError, OSError):
            failed.append(1)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--http", required=True, help="address and port of the server's HTTP door")
    parser.add_argument("--no-browser", action="store_true", help="only fetch /metrics")
    parser.add_argument("command", nargs=argparse.REMAINDER, help="what to run, behind --")
    options = parser.parse_args()
    command = options.command[1:] if options.command[:1] == ["--"] else options.command
    if not command:
        parser.error("nothing to run")

    stop, took, failed = threading.Event(), [], []
    scraper = threading.Thread(target=scrape, args=(f"http://{options.http}/metrics", stop, took, failed))
    scraper.start()
    browser, profile = None, tempfile.mkdtemp()
    try:
        if not options.no_browser:
            program = shutil.which("chromium") or sys.exit("chromium is not there: --no-browser does without")
            browser = subprocess.Popen([program, *CHROMIUM, f"--user-data-dir={profile}", f"http://{options.http}/#/live"],
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        code = subprocess.call(command)
    finally:
        stop.set()
        scraper.join()
        if browser:
            browser.terminate()
            browser.wait()
        shutil.rmtree(profile, ignore_errors=True)

    if took:
        print(f"GET /metrics: {len(took)} fetched, median {statistics.median(took) * 1000:.1f} ms, longest {max(took) * 1000:.1f} ms; {len(failed)} without a server")
    sys.exit(code)


if __name__ == "__main__":
    main()
