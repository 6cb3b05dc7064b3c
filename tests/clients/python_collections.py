"""python3-redis with hashes, lists, sets, sorted sets and transactions: `python_collections.py PORT`. Exit code 1 and a traceback when something
is not as it should be."""
import sys
import threading

import redis


def same(actual, expected):
    if actual != expected:
        raise AssertionError(f"got {actual!r}, expected {expected!r}")


def connect(**options):
    return redis.Redis(host="127.0.0.1", port=int(sys.argv[1]), **options)


def hashes(client):
    same(client.hset("hash", mapping={"a": 1, "b": 2, "c": "x"}), 3)
    same(client.hgetall("hash"), {b"a": b"1", b"b": b"2", b"c": b"x"})
    same(client.hmget("hash", "a", "missing", "c"), [b"1", None, b"x"])
    same(client.hincrby("hash", "a", 41), 42)
    same(client.hincrbyfloat("hash", "b", 0.5), 2.5)
    same(client.hdel("hash", "c", "missing"), 1)
    same(client.hsetnx("hash", "a", 1), 0)
    client.hset("many", mapping={f"field:{i}": i for i in range(2000)})
    same(dict(client.hscan_iter("many", count=100)), {f"field:{i}".encode(): str(i).encode() for i in range(2000)})


def lists(client, options):
    same(client.rpush("list", "a", "b", "c"), 3)
    same(client.lpush("list", "z"), 4)
    same(client.lrange("list", 0, -1), [b"z", b"a", b"b", b"c"])
    same(client.lpop("list"), b"z")
    same(client.linsert("list", "BEFORE", "b", "new"), 4)
    same(client.lrange("list", 0, -1), [b"a", b"new", b"b", b"c"])
    got = []
    waiting = threading.Thread(target=lambda: got.append(connect(**options).blpop("queue", timeout=30)))
    waiting.start()
    client.rpush("queue", "job")
    waiting.join()
    same([tuple(got[0])], [(b"queue", b"job")])


def sets(client):
    same(client.sadd("set", "a", "b", "c", "a"), 3)
    same(client.smembers("set"), {b"a", b"b", b"c"})
    same(bool(client.sismember("set", "b")), True)
    client.sadd("other", "b", "c", "d")
    same(client.sinter("set", "other"), {b"b", b"c"})
    same(client.sunion("set", "other"), {b"a", b"b", b"c", b"d"})
    same(client.sdiffstore("left", "set", "other"), 1)
    same(client.spop("left"), b"a")
    same(client.exists("left"), 0)
    same(sorted(client.sscan_iter("set")), [b"a", b"b", b"c"])


def sorted_sets(client):
    same(client.zadd("ranks", {"one": 1, "three": 3, "two": 2}), 3)
    same(client.zrange("ranks", 0, -1), [b"one", b"two", b"three"])
    same([tuple(pair) for pair in client.zrange("ranks", 0, 1, withscores=True)], [(b"one", 1.0), (b"two", 2.0)])
    same(client.zincrby("ranks", 10, "one"), 11.0)
    same(client.zrank("ranks", "one"), 2)
    same(client.zscore("ranks", "one"), 11.0)


def transactions(client, other):
    client.rpush("numbers", 3, 1, 2)
    same(client.sort("numbers", desc=True), [b"3", b"2", b"1"])
    with client.pipeline() as block:
        block.hset("hash", "a", "x")
        block.sadd("set", "new")
        same(block.execute(), [0, 1])
        block.watch("hash")
        other.hset("hash", "a", "y")
        block.multi()
        block.hset("hash", "a", "mine")
        try:
            block.execute()
        except redis.WatchError:
            pass
        else:
            raise AssertionError("a block ran although its key was changed")
    same(client.hget("hash", "a"), b"y")


def run(**options):
    client = connect(**options)
    client.flushall()
    hashes(client)
    lists(client, options)
    sets(client)
    sorted_sets(client)
    transactions(client, connect(**options))
    client.close()


run()
if int(redis.__version__.split(".")[0]) >= 5:
    run(protocol=3)
print(f"python redis {redis.__version__}: collections as expected")
