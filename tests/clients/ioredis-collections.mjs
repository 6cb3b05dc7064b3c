// ioredis with hashes, lists, sets, sorted sets and transactions: `node ioredis-collections.mjs PORT`. Exit code 1 and the first mismatch.
import assert from 'node:assert/strict';
import { Redis } from 'ioredis';
import { binaryValue } from './common.mjs';

function connect(protocol) {
  const client = new Redis({ host: '127.0.0.1', port: Number(process.argv[2]), protocol, lazyConnect: true, retryStrategy: null, maxRetriesPerRequest: 0 });
  client.on('error', () => {});
  return client;
}

async function run(protocol) {
  const client = connect(protocol);
  const other = connect(protocol);
  await client.connect();
  await other.connect();
  try {
    await client.flushall();

    // Hashes.
    assert.equal(await client.hset('hash', { a: '1', b: '2', c: 'x' }), 3);
    assert.deepEqual(await client.hgetall('hash'), { a: '1', b: '2', c: 'x' });
    assert.deepEqual(await client.hmget('hash', 'a', 'missing', 'c'), ['1', null, 'x']);
    assert.equal(await client.hincrby('hash', 'a', 41), 42);
    assert.equal(String(await client.hincrbyfloat('hash', 'b', 0.5)), '2.5');
    assert.equal(await client.hdel('hash', 'c', 'missing'), 1);
    assert.deepEqual((await client.hkeys('hash')).sort(), ['a', 'b']);
    const binary = binaryValue();
    await client.hset('hash', 'binary', binary);
    assert.deepEqual(await client.hgetBuffer('hash', 'binary'), binary);
    await client.hset('many', Object.fromEntries(Array.from({ length: 2000 }, (_, i) => [`field:${i}`, `${i}`])));
    const fields = new Map();
    for await (const step of client.hscanStream('many', { count: 100 })) {
      for (let i = 0; i < step.length; i += 2) {
        fields.set(step[i], step[i + 1]);
      }
    }
    assert.equal(fields.size, 2000);
    assert.ok([...fields].every(([field, value]) => field === `field:${value}`));

    // Lists.
    assert.equal(await client.rpush('list', 'a', 'b', 'c'), 3);
    assert.equal(await client.lpush('list', 'z'), 4);
    assert.deepEqual(await client.lrange('list', 0, -1), ['z', 'a', 'b', 'c']);
    assert.equal(await client.lpop('list'), 'z');
    assert.equal(await client.lmove('list', 'list', 'LEFT', 'RIGHT'), 'a');
    assert.deepEqual(await client.lrange('list', 0, -1), ['b', 'c', 'a']);
    const waiting = other.blpop('queue', 30);
    await client.rpush('queue', 'job');
    assert.deepEqual(await waiting, ['queue', 'job']);

    // Sets.
    assert.equal(await client.sadd('set', 'a', 'b', 'c', 'a'), 3);
    assert.equal(await client.sadd('set', 'a'), 0);
    assert.deepEqual((await client.smembers('set')).sort(), ['a', 'b', 'c']);
    assert.equal(await client.sismember('set', 'b'), 1);
    await client.sadd('other', 'b', 'c', 'd');
    assert.deepEqual((await client.sinter('set', 'other')).sort(), ['b', 'c']);
    assert.deepEqual((await client.sunion('set', 'other')).sort(), ['a', 'b', 'c', 'd']);
    assert.deepEqual(await client.sdiff('set', 'other'), ['a']);
    assert.equal(await client.sinterstore('both', 'set', 'other'), 2);
    assert.ok(['b', 'c'].includes(await client.spop('both')));
    assert.equal(await client.scard('both'), 1);

    // Sorted sets.
    assert.equal(await client.zadd('ranks', 1, 'one', 3, 'three', 2, 'two'), 3);
    assert.deepEqual(await client.zrange('ranks', 0, -1), ['one', 'two', 'three']);
    assert.deepEqual((await client.zrange('ranks', 0, 0, 'WITHSCORES')).flat().map(String), ['one', '1']);
    assert.equal(String(await client.zincrby('ranks', 10, 'one')), '11');
    assert.equal(await client.zrank('ranks', 'one'), 2);
    assert.equal(Number(await client.zscore('ranks', 'one')), 11);
    assert.equal(await client.zrem('ranks', 'two'), 1);

    // SORT, and a block with an error in the middle.
    assert.equal(await client.rpush('numbers', 3, 1, 2), 3);
    assert.deepEqual(await client.sort('numbers', 'DESC'), ['3', '2', '1']);
    const replies = await client.multi().hset('hash', 'a', 'x').hincrby('hash', 'a', 1).sadd('set', 'new').exec();
    assert.equal(replies[0][1], 0);
    assert.match(replies[1][0].message, /hash value is not an integer/);
    assert.equal(replies[2][1], 1);
    await client.watch('hash');
    await other.hset('hash', 'a', 'y');
    assert.equal(await client.multi().hset('hash', 'a', 'mine').exec(), null);
    assert.equal(await client.hget('hash', 'a'), 'y');
    await assert.rejects(client.sadd('hash', 'x'), /WRONGTYPE/);
  } finally {
    client.disconnect();
    other.disconnect();
  }
}

await run(2);
await run(3);
console.log('ioredis: collections over RESP2 and RESP3 as expected');
