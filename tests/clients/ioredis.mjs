// ioredis against a server: `node ioredis.mjs PORT [CA CERT KEY]`. Exit code 1 and the first mismatch when something is not as it should be.
import assert from 'node:assert/strict';
import { Redis } from 'ioredis';
import { binaryValue, tls, unicodeValue, until } from './common.mjs';

async function run(protocol) {
  const client = connect(protocol);
  await client.connect();
  try {
    await client.flushall();

    const info = await client.client('INFO');
    assert.match(info, new RegExp(`\\bresp=${protocol}\\b`));

    assert.equal(await client.set('name', 'value'), 'OK');
    assert.equal(await client.get('name'), 'value');
    assert.equal(await client.get('missing'), null);
    assert.equal(await client.set('name', 'other', 'NX'), null);
    assert.equal(await client.exists('name', 'missing'), 1);
    assert.equal(await client.del('name', 'missing'), 1);

    const binary = binaryValue();
    const binaryKey = Buffer.from([0, 255, 13, 10]);
    await client.set(binaryKey, binary);
    assert.deepEqual(await client.getBuffer(binaryKey), binary);
    await client.set(unicodeValue, unicodeValue);
    assert.equal(await client.get(unicodeValue), unicodeValue);
    assert.equal(await client.del(unicodeValue, binaryKey), 2);

    const names = Array.from({ length: 2000 }, (_, i) => `key:${i}`);
    const pipeline = client.pipeline();
    names.forEach((name, i) => pipeline.set(name, `${i}`));
    pipeline.get('key:7').incr('key:8').strlen('key:1999');
    const replies = await pipeline.exec();
    assert.equal(replies.length, names.length + 3);
    assert.ok(replies.every(([error]) => error === null));
    assert.ok(replies.slice(0, names.length).every(([, reply]) => reply === 'OK'));
    assert.deepEqual(replies.slice(-3).map(([, reply]) => reply), ['7', 9, 4]);
    assert.equal(await client.dbsize(), names.length);
    assert.equal((await client.keys('key:1?')).length, 10);
    const scanned = new Set();
    for await (const keys of client.scanStream({ match: 'key:*', count: 100 })) {
      keys.forEach((key) => scanned.add(key));
    }
    assert.deepEqual([...scanned].sort(), [...names].sort());

    await client.set('short', 'x', 'PX', 50);
    await until('a key expires', async () => (await client.get('short')) === null);
    assert.equal(await client.pttl('short'), -2);
    await client.set('long', 'x', 'EX', 1000);
    const ttl = await client.ttl('long');
    assert.ok(ttl > 0 && ttl <= 1000, `ttl ${ttl}`);
    assert.equal(await client.persist('long'), 1);
    assert.equal(await client.ttl('long'), -1);

    await client.set('text', 'not a number');
    await assert.rejects(client.incr('text'), /value is not an integer or out of range/);
    await assert.rejects(client.call('NOSUCHCOMMAND'), /unknown command/);
    const mixed = await client.pipeline().set('a', '1').incr('text').get('a').exec();
    assert.equal(mixed[0][1], 'OK');
    assert.match(mixed[1][0].message, /not an integer/);
    assert.equal(mixed[2][1], '1', 'an error in a pipeline leaves the commands after it alone');
  } finally {
    client.disconnect();
  }
}

function connect(protocol) {
  const client = new Redis({ host: '127.0.0.1', port: Number(process.argv[2]), protocol, tls, lazyConnect: true, retryStrategy: null, maxRetriesPerRequest: 0 });
  client.on('error', () => {});
  return client;
}

async function listen(protocol) {
  const publisher = connect(protocol);
  const subscriber = connect(protocol);
  let monitor;
  await Promise.all([publisher.connect(), subscriber.connect()]);
  try {
    const messages = [];
    subscriber.on('message', (channel, message) => messages.push(`${channel} ${message}`));
    subscriber.on('pmessage', (pattern, channel, message) => messages.push(`${pattern} ${channel} ${message}`));
    assert.equal(await subscriber.subscribe('news', 'sport'), 2);
    assert.equal(await subscriber.psubscribe('n*s'), 3);
    assert.deepEqual(await publisher.pubsub('NUMSUB', 'news', 'none'), ['news', 1, 'none', 0]);
    assert.equal(await publisher.publish('news', unicodeValue), 2);
    assert.equal(await publisher.publish('sport', 'x'), 1);
    assert.equal(await publisher.publish('none', 'x'), 0);
    await until('messages arrive', () => messages.length === 3);
    assert.deepEqual(messages.splice(0), [`news ${unicodeValue}`, `n*s news ${unicodeValue}`, 'sport x']);

    const many = publisher.pipeline();
    for (let i = 0; i < 1000; i++) {
      many.set('count', `${i}`).publish('sport', `${i}`);
    }
    await many.exec();
    await until('all messages arrive', () => messages.length === 1000);
    assert.deepEqual(messages.splice(0), Array.from({ length: 1000 }, (_, i) => `sport ${i}`));

    assert.equal(await subscriber.unsubscribe('news', 'sport'), 1);
    assert.equal(await subscriber.punsubscribe(), 0);
    assert.equal(await publisher.publish('news', 'x'), 0);
    assert.equal(await subscriber.get('count'), '999', 'a client that has unsubscribed is a normal one again');

    await publisher.config('SET', 'notify-keyspace-events', 'KEA');
    await subscriber.psubscribe('__key*__:*');
    await publisher.set('watched', '1');
    await publisher.del('watched');
    await until('events arrive', () => messages.length === 4);
    assert.deepEqual(messages.splice(0).map((text) => text.slice('__key*__:* '.length)), [
      '__keyspace@0__:watched set', '__keyevent@0__:set watched', '__keyspace@0__:watched del', '__keyevent@0__:del watched',
    ]);
    await publisher.config('SET', 'notify-keyspace-events', '');

    monitor = await publisher.monitor();
    const seen = [];
    monitor.on('monitor', (time, args) => seen.push(args.join(' ')));
    await publisher.set('monitored', 'a "b"');
    await until('the monitor sees it', () => seen.includes('set monitored a "b"'));
  } finally {
    monitor?.disconnect();
    publisher.disconnect();
    subscriber.disconnect();
  }
}

await run(2);
await run(3);
await listen(2);
await listen(3);
console.log('ioredis: RESP2 and RESP3 as expected');
