"""python3-redis against a server: `python_redis.py PORT [CA CERT KEY]`. Exit code 1 and a traceback when something is not as it should be.

Releases before 5.0 (Debian 12 has 4.3) speak RESP2 only; from 5.0 on the same is run once more over RESP3."""
import sys
import time

import redis

BINARY = bytes(range(256)) + b"\r\n$-1\r\n" + bytes(range(256))
# Nothing, or how to speak TLS.
TLS = dict(zip(("ssl_ca_certs", "ssl_certfile", "ssl_keyfile"), sys.argv[2:5]), ssl=True) if len(sys.argv) > 2 else {}
UNICODE = "größe 数据 🔑 \0 é"


def same(actual, expected):
    if actual != expected:
        raise AssertionError(f"got {actual!r}, expected {expected!r}")


def fails(text, call):
    try:
        reply = call()
    except redis.ResponseError as error:
        if text not in str(error):
            raise AssertionError(f"error {error!s}, expected one with {text!r}") from error
    else:
        raise AssertionError(f"got {reply!r}, expected an error with {text!r}")


def until(what, condition):
    deadline = time.monotonic() + 30
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"still not so after 30 s: {what}")
        time.sleep(0.005)


def run(client):
    client.flushall()
    same(client.ping(), True)
    same(client.set("name", "value"), True)
    same(client.get("name"), b"value")
    same(client.get("missing"), None)
    same(client.set("name", "other", nx=True), None)
    same(client.set("name", "other", get=True), b"value")
    same(client.exists("name", "missing"), 1)
    same(client.delete("name", "missing"), 1)

    client.set(b"\0\xff\r\n", BINARY)
    same(client.get(b"\0\xff\r\n"), BINARY)
    client.set(UNICODE, UNICODE)
    same(client.get(UNICODE).decode(), UNICODE)
    same(client.delete(UNICODE, b"\0\xff\r\n"), 2)

    names = [f"key:{i}" for i in range(2000)]
    pipeline = client.pipeline(transaction=False)
    for i, name in enumerate(names):
        pipeline.set(name, i)
    pipeline.get("key:7").incr("key:8").strlen("key:1999")
    replies = pipeline.execute()
    same(replies[: len(names)], [True] * len(names))
    same(replies[len(names):], [b"7", 9, 4])
    same(client.dbsize(), len(names))
    same(len(client.keys("key:1?")), 10)
    same(sorted(client.scan_iter(match="key:*", count=100)), sorted(name.encode() for name in names))
    same(client.mget("key:1", "missing", "key:2"), [b"1", None, b"2"])

    client.set("short", "x", px=50)
    until("a key expires", lambda: client.get("short") is None)
    same(client.ttl("short"), -2)
    client.set("long", "x", ex=1000)
    same(0 < client.ttl("long") <= 1000, True)
    same(client.persist("long"), True)
    same(client.ttl("long"), -1)

    same(client.incrbyfloat("float", 0.1), 0.1)
    same(client.info("persistence")["loading"], 0)
    same(client.config_get("appendfsync"), {"appendfsync": "always"})
    client.set("text", "not a number")
    fails("value is not an integer or out of range", lambda: client.incr("text"))
    fails("unknown command", lambda: client.execute_command("NOSUCHCOMMAND"))
    fails("wrong number of arguments for 'get' command", lambda: client.execute_command("GET"))
    same(client.get("text"), b"not a number")
    client.close()


def message(listener):
    """The next message, as type, pattern, channel and data."""
    found = None

    def arrived():
        nonlocal found
        found = listener.get_message(timeout=0.1)
        return found is not None

    until("a message arrives", arrived)
    return found["type"], found["pattern"], found["channel"], found["data"]


def listen(client):
    listener = client.pubsub()
    listener.subscribe("news", "sport")
    listener.psubscribe("n*s")
    same(message(listener), ("subscribe", None, b"news", 1))
    same(message(listener), ("subscribe", None, b"sport", 2))
    same(message(listener), ("psubscribe", None, b"n*s", 3))
    same(client.pubsub_numsub("news", "none"), [(b"news", 1), (b"none", 0)])
    same(sorted(client.pubsub_channels()), [b"news", b"sport"])
    same(client.pubsub_numpat(), 1)
    same(client.publish("news", UNICODE), 2)
    same(message(listener), ("message", None, b"news", UNICODE.encode()))
    same(message(listener), ("pmessage", b"n*s", b"news", UNICODE.encode()))
    listener.ping()
    same(message(listener)[0], "pong")
    for i in range(100):
        client.pipeline().set("count", i).publish("sport", i).execute()
    same([message(listener)[3] for _ in range(100)], [str(i).encode() for i in range(100)])
    listener.unsubscribe()
    listener.punsubscribe()
    until("everything is unsubscribed", lambda: (listener.get_message(timeout=0.1), listener.subscribed)[1] is False)
    same(client.publish("news", "x"), 0)

    client.config_set("notify-keyspace-events", "Ex")
    listener.psubscribe("__keyevent@0__:*")
    same(message(listener)[0], "psubscribe")
    client.set("short", "x", px=20)
    same(message(listener), ("pmessage", b"__keyevent@0__:*", b"__keyevent@0__:expired", b"short"))
    client.config_set("notify-keyspace-events", "")
    listener.close()

    with client.monitor() as monitor:
        client.set("monitored", "a \"b\"")
        same(monitor.next_command()["command"], "SET monitored a \"b\"")
    client.close()


run(redis.Redis(host="127.0.0.1", port=int(sys.argv[1]), **TLS))
listen(redis.Redis(host="127.0.0.1", port=int(sys.argv[1]), **TLS))
protocols = "RESP2"
if int(redis.__version__.split(".")[0]) >= 5:
    run(redis.Redis(host="127.0.0.1", port=int(sys.argv[1]), protocol=3, **TLS))
    protocols = "RESP2 and RESP3"
print(f"python redis {redis.__version__}: {protocols} as expected")
