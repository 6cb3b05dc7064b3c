// node-redis against a server: `node node-redis.mjs PORT [CA CERT KEY]`. Exit code 1 and the first mismatch when something is not as it should be.
import assert from 'node:assert/strict';
import { createClient, RESP_TYPES } from 'redis';
import { binaryValue, tls, unicodeValue, until } from './common.mjs';

async function run(resp) {
  const client = await connect(resp, { name: 'node-redis' });
  try {
    await client.flushAll();

    const hello = await client.hello(resp);
    assert.equal(Number(hello.proto), resp);
    assert.equal(hello.server, 'redis');
    assert.equal(await client.clientGetName(), 'node-redis');

    assert.equal(await client.set('name', 'value'), 'OK');
    assert.equal(await client.get('name'), 'value');
    assert.equal(await client.get('missing'), null);
    assert.equal(await client.set('name', 'other', { condition: 'NX' }), null);
    assert.equal(await client.exists(['name', 'missing']), 1);
    assert.equal(await client.del(['name', 'missing']), 1);

    const binary = binaryValue();
    await client.set(Buffer.from([0, 255, 13, 10]), binary);
    const buffers = client.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer });
    assert.deepEqual(await buffers.get(Buffer.from([0, 255, 13, 10])), binary);
    await client.set(unicodeValue, unicodeValue);
    assert.equal(await client.get(unicodeValue), unicodeValue);
    assert.equal(await client.del([unicodeValue, Buffer.from([0, 255, 13, 10])]), 2);

    // Sent in one go: the client writes all commands before it reads a reply.
    const names = Array.from({ length: 2000 }, (_, i) => `key:${i}`);
    const replies = await Promise.all(names.map((name, i) => client.set(name, `${i}`)));
    assert.ok(replies.every((reply) => reply === 'OK'));
    assert.deepEqual(await client.mGet(names), names.map((_, i) => `${i}`));
    assert.equal(await client.dbSize(), names.length);
    assert.equal((await client.keys('key:1?')).length, 10);
    const scanned = new Set();
    for await (const keys of client.scanIterator({ MATCH: 'key:*', COUNT: 100 })) {
      keys.forEach((key) => scanned.add(key));
    }
    assert.deepEqual([...scanned].sort(), [...names].sort());

    assert.equal(await client.incr('counter'), 1);
    assert.equal(await client.incrBy('counter', 41), 42);
    assert.equal(String(await client.incrByFloat('counter', 0.5)), '42.5');

    await client.set('short', 'x', { expiration: { type: 'PX', value: 50 } });
    await until('a key expires', async () => (await client.get('short')) === null);
    assert.equal(await client.ttl('short'), -2);
    await client.set('long', 'x');
    assert.equal(await client.ttl('long'), -1);
    assert.equal(await client.expire('long', 1000), 1);
    const ttl = await client.ttl('long');
    assert.ok(ttl > 0 && ttl <= 1000, `ttl ${ttl}`);

    await client.set('text', 'not a number');
    await assert.rejects(client.incr('text'), /value is not an integer or out of range/);
    await assert.rejects(client.sendCommand(['NOSUCHCOMMAND']), /unknown command/);
    await assert.rejects(client.sendCommand(['GET']), /wrong number of arguments for 'get' command/);
    assert.equal(await client.get('text'), 'not a number', 'an error leaves the connection usable');
  } finally {
    await client.close();
  }
}

function connect(resp, options = {}) {
  const client = createClient({ socket: { host: '127.0.0.1', port: Number(process.argv[2]), reconnectStrategy: false, ...(tls ? { tls: true, ...tls } : {}) }, RESP: resp, ...options });
  client.on('error', () => {});
  return client.connect();
}

async function listen(resp) {
  const publisher = await connect(resp);
  const subscriber = await connect(resp);
  let cached;
  try {
    const messages = [];
    const listener = (message, channel) => messages.push(`${channel} ${message}`);
    await subscriber.subscribe(['news', 'sport'], listener);
    await subscriber.pSubscribe('n*s', listener);
    await subscriber.sSubscribe('shard', listener);
    assert.deepEqual({ ...(await publisher.pubSubNumSub(['news', 'none'])) }, { news: 1, none: 0 });
    assert.deepEqual((await publisher.pubSubChannels('*')).sort(), ['news', 'sport']);
    assert.equal(await publisher.pubSubNumPat(), 1);
    assert.equal(await publisher.publish('news', unicodeValue), 2);
    assert.equal(await publisher.publish('sport', 'x'), 1);
    assert.equal(await publisher.sPublish('shard', 'y'), 1);
    await until('messages arrive', () => messages.length === 4);
    assert.deepEqual(messages.splice(0), [`news ${unicodeValue}`, `news ${unicodeValue}`, 'sport x', 'shard y']);

    // Each message is told by a write, so it waits for it.
    await Promise.all(Array.from({ length: 1000 }, (_, i) => publisher.multi().set('count', `${i}`).publish('sport', `${i}`).exec()));
    await until('all messages arrive', () => messages.length === 1000);
    assert.deepEqual(messages.splice(0), Array.from({ length: 1000 }, (_, i) => `sport ${i}`));

    await subscriber.unsubscribe();
    await subscriber.pUnsubscribe();
    await subscriber.sUnsubscribe();
    assert.equal(await publisher.publish('news', 'x'), 0);
    // With RESP2 the library gives bytes from here on, from Redis too.
    assert.equal(String(await subscriber.get('count')), '999', 'a client that has unsubscribed is a normal one again');

    if (resp === 3) {
      cached = await connect(resp, { clientSideCache: { ttl: 0, maxEntries: 100, evictPolicy: 'LRU' } });
      await publisher.set('cached', '1');
      assert.equal(await cached.get('cached'), '1');
      assert.equal(await cached.get('cached'), '1');
      await publisher.set('cached', '2');
      await until('the cached value is invalidated', async () => (await cached.get('cached')) === '2');
    }
  } finally {
    await cached?.close();
    await publisher.close();
    await subscriber.close();
  }
}

await run(2);
await run(3);
await listen(2);
await listen(3);
console.log('node-redis: RESP2 and RESP3 as expected');
