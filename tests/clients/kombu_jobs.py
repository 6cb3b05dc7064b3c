"""A queue of jobs with kombu, Celery's transport, whose server is killed in the middle: `kombu_jobs.py PORT`.

Whoever runs this waits until the key jobs:kill is there, kills the server, and starts it again on the same port. Exit code 1 and a traceback when a
job is lost whose publication had been acknowledged, or when one comes again that had been acknowledged as done.

While the server is killed no job is on its way to the worker: kombu takes a job out of the queue by BRPOP and notes it as unacknowledged with
its next command, so one that is between the two is lost with any server."""
import contextlib
import logging
import sys
import threading
import time

import kombu
import kombu.transport.redis as transport
import redis

QUEUE = "jobs"
DONE_FIRST = 300
PREFETCH = 10
PRODUCERS = 4
PATIENCE = 60


@contextlib.contextmanager
def mutex(client, name, expire):
    """kombu's own releases it by a script, which needs EVAL."""
    if not client.set(name, "held", nx=True, ex=expire):
        raise transport.MutexHeld()
    try:
        yield
    finally:
        client.delete(name)


def connect(port):
    return kombu.Connection(f"redis://127.0.0.1:{port}/0", transport_options={"visibility_timeout": 1, "health_check_interval": 0})


def until(what, condition):
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"still not so after {PATIENCE} s: {what}")
        time.sleep(0.01)


def answers(client):
    try:
        return client.ping()
    except redis.RedisError:
        return False


def produce(port, number, published):
    """Publishes jobs until the server is gone; notes those that were acknowledged."""
    with contextlib.suppress(*connect(port).connection_errors, *connect(port).channel_errors, kombu.exceptions.OperationalError):
        with connect(port) as connection:
            producer = connection.Producer()
            queue = kombu.Queue(QUEUE, routing_key=QUEUE)
            job = number
            while True:
                producer.publish({"job": job}, routing_key=QUEUE, declare=[queue], retry=False)
                published.append(job)
                job += PRODUCERS


class Worker:
    """Takes jobs one after the other, and acknowledges them as long as it is told to."""

    def __init__(self, port):
        self.connection = connect(port)
        self.channel = self.connection.channel()
        # As one that dies: what it has not acknowledged is not put back by it.
        self.channel.do_restore = False
        self.acknowledges = True
        self.acknowledged = []
        self.taken = []
        self.consumer = kombu.Consumer(self.channel, [kombu.Queue(QUEUE, routing_key=QUEUE)], callbacks=[self.take], accept=["json"])
        self.consumer.qos(prefetch_count=PREFETCH)
        self.consumer.consume()

    def take(self, body, message):
        self.taken.append(body["job"])
        if self.acknowledges:
            message.ack()
            self.acknowledged.append(body["job"])

    def work(self, what, condition):
        deadline = time.monotonic() + PATIENCE
        while not condition():
            if time.monotonic() > deadline:
                raise AssertionError(f"still not so after {PATIENCE} s: {what}")
            with contextlib.suppress(TimeoutError, OSError):
                self.connection.drain_events(timeout=0.1)


def main(port):
    transport.Mutex = mutex
    logging.disable(logging.CRITICAL)
    control = redis.Redis(port=port)
    control.flushall()

    published = [[] for _ in range(PRODUCERS)]
    producers = [threading.Thread(target=produce, args=(port, i, published[i]), daemon=True) for i in range(PRODUCERS)]
    for producer in producers:
        producer.start()

    first = Worker(port)
    first.work("the first jobs are done", lambda: len(first.acknowledged) >= DONE_FIRST)
    first.acknowledges = False
    held = len(first.taken)
    first.work("the worker has as many jobs as it may", lambda: len(first.taken) >= held + PREFETCH)

    control.set("jobs:kill", "now")
    for producer in producers:
        producer.join(PATIENCE)
        if producer.is_alive():
            raise AssertionError("nobody has killed the server")
    until("the server answers again", lambda: answers(control))

    wanted = {job for jobs in published for job in jobs} - set(first.acknowledged)
    second = Worker(port)
    second.work("all jobs are done that were published", lambda: wanted.issubset(second.acknowledged))

    again = set(first.acknowledged).intersection(second.taken)
    if again:
        raise AssertionError(f"jobs that were done came again: {sorted(again)}")
    lost = set(first.taken[held:]) - set(second.taken)
    if lost:
        raise AssertionError(f"jobs that the first worker had in its hands are lost: {sorted(lost)}")
    print(f"kombu {kombu.__version__}: {sum(map(len, published))} jobs published, {len(first.acknowledged)} done before the kill and "
          f"{len(second.acknowledged)} after it, as expected")


main(int(sys.argv[1]))
