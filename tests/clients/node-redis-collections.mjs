// node-redis with hashes, lists, sets, sorted sets and transactions: `node node-redis-collections.mjs PORT`. Exit code 1 and the first mismatch.
import assert from 'node:assert/strict';
import { createClient } from 'redis';

async function connect(resp) {
  const client = createClient({ socket: { host: '127.0.0.1', port: Number(process.argv[2]), reconnectStrategy: false }, RESP: resp });
  client.on('error', () => {});
  await client.connect();
  return client;
}

async function run(resp) {
  const client = await connect(resp);
  const other = await connect(resp);
  try {
    await client.flushAll();

    // Hashes.
    assert.equal(await client.hSet('hash', { a: '1', b: '2', c: 'x' }), 3);
    assert.deepEqual({ ...(await client.hGetAll('hash')) }, { a: '1', b: '2', c: 'x' });
    assert.deepEqual(await client.hmGet('hash', ['a', 'missing', 'c']), ['1', null, 'x']);
    assert.equal(await client.hIncrBy('hash', 'a', 41), 42);
    assert.equal(String(await client.hIncrByFloat('hash', 'b', 0.5)), '2.5');
    assert.equal(await client.hDel('hash', ['c', 'missing']), 1);
    assert.deepEqual((await client.hKeys('hash')).sort(), ['a', 'b']);
    await client.hSet('many', Object.fromEntries(Array.from({ length: 2000 }, (_, i) => [`field:${i}`, `${i}`])));
    const fields = new Map();
    for await (const step of client.hScanIterator('many', { COUNT: 100 })) {
      step.forEach(({ field, value }) => fields.set(field, value));
    }
    assert.equal(fields.size, 2000);
    assert.ok([...fields].every(([field, value]) => field === `field:${value}`));
    const pairs = await client.hRandFieldCountWithValues('hash', 2);
    assert.deepEqual(pairs.map(({ field }) => field).sort(), ['a', 'b']);

    // Lists.
    assert.equal(await client.rPush('list', ['a', 'b', 'c']), 3);
    assert.equal(await client.lPush('list', 'z'), 4);
    assert.deepEqual(await client.lRange('list', 0, -1), ['z', 'a', 'b', 'c']);
    assert.equal(await client.lPop('list'), 'z');
    const waiting = other.blPop('queue', 30);
    await client.rPush('queue', 'job');
    assert.deepEqual({ ...(await waiting) }, { key: 'queue', element: 'job' });

    // Sets.
    assert.equal(await client.sAdd('set', ['a', 'b', 'c', 'a']), 3);
    assert.deepEqual([...(await client.sMembers('set'))].sort(), ['a', 'b', 'c']);
    assert.equal(await client.sIsMember('set', 'b'), 1);
    assert.deepEqual(await client.smIsMember('set', ['a', 'zz']), [1, 0]);
    await client.sAdd('other', ['b', 'c', 'd']);
    assert.deepEqual([...(await client.sInter(['set', 'other']))].sort(), ['b', 'c']);
    assert.deepEqual([...(await client.sUnion(['set', 'other']))].sort(), ['a', 'b', 'c', 'd']);
    assert.equal(await client.sInterCard(['set', 'other']), 2);
    assert.equal(await client.sDiffStore('left', ['set', 'other']), 1);
    assert.equal(await client.sPop('left'), 'a');

    // Sorted sets.
    assert.equal(await client.zAdd('ranks', [{ score: 1, value: 'one' }, { score: 3, value: 'three' }, { score: 2, value: 'two' }]), 3);
    assert.deepEqual(await client.zRange('ranks', 0, -1), ['one', 'two', 'three']);
    const ranked = await client.zRangeWithScores('ranks', 0, 1);
    assert.deepEqual(ranked.map(({ value, score }) => [value, score]), [['one', 1], ['two', 2]]);
    assert.equal(await client.zIncrBy('ranks', 10, 'one'), 11);
    assert.equal(await client.zScore('ranks', 'one'), 11);
    assert.equal(await client.zRank('ranks', 'one'), 2);

    // SORT and blocks.
    await client.rPush('numbers', ['3', '1', '2']);
    assert.deepEqual(await client.sort('numbers', { DIRECTION: 'DESC' }), ['3', '2', '1']);
    assert.deepEqual(await client.multi().hSet('hash', 'a', 'x').sAdd('set', 'new').exec(), [0, 1]);
    await client.watch('hash');
    await other.hSet('hash', 'a', 'y');
    await assert.rejects(client.multi().hSet('hash', 'a', 'mine').exec(), /watched keys/);
    assert.equal(await client.hGet('hash', 'a'), 'y');
    await assert.rejects(client.sAdd('hash', 'x'), /WRONGTYPE/);
  } finally {
    client.destroy();
    other.destroy();
  }
}

await run(2);
await run(3);
console.log('node-redis: collections over RESP2 and RESP3 as expected');
