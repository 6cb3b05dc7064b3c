import assert from 'node:assert/strict';
import { test } from 'node:test';
import { byteSize, micros, parseClient, parseInfo, plural, short, span } from '../src/api/format';
import { quantileBetween } from '../src/api/histogram';

test('figures have three digits and a unit', () => {
  assert.deepEqual([0, 7, 2.5, 999, 1000, 12_340, 4_560_000].map(short), ['0', '7', '2.5', '999', '1k', '12.3k', '4.56M']);
  assert.deepEqual([0, 1023, 1024, 1_572_864].map(byteSize), ['0 B', '1023 B', '1 KiB', '1.5 MiB']);
  assert.deepEqual([12, 1500, 2_000_000].map(micros), ['12 µs', '1.5 ms', '2 s']);
  assert.deepEqual([1, 2000].map((keys) => plural(keys, 'key')), ['1 key', '2,000 keys']);
});

test('spans show their two largest units', () => {
  assert.deepEqual([0, 800, 1000, 65_000, 3_600_000, 90_061_000].map(span), ['0 ms', '800 ms', '1 s', '1 min 5 s', '1 h', '1 d 1 h']);
});

test('INFO and CLIENT LIST are read by name', () => {
  assert.equal(parseInfo('# Server\r\nredis_version:7.0.15\r\nconfig_file:\r\n').get('redis_version'), '7.0.15');
  assert.equal(parseClient('id=4 addr=[::1]:50 name= cmd=client|list').get('addr'), '[::1]:50');
  assert.equal(parseClient('id=4 name= cmd=get').get('name'), '');
});

test('a quantile between two copies counts only what came in between', () => {
  const ends = [1, 2, 4, 8];
  const before = { count: 100, ends, below: [100, 100, 100, 100] };
  const now = { count: 110, ends, below: [100, 100, 110, 110] };
  assert.equal(quantileBetween(before, now, 0.5), 3);
  assert.equal(quantileBetween(undefined, now, 0.5), 0.55);
  assert.equal(quantileBetween(now, now, 0.5), undefined);
});

test('a copy of a server that was started again since is left aside', () => {
  const ends = [1, 2];
  assert.equal(quantileBetween({ count: 50, ends, below: [0, 50] }, { count: 10, ends, below: [10, 10] }, 1), 1);
});
