import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readDocs, syntaxOf, takesKey } from '../src/api/docs';
import { complete, hintOf } from '../src/pages/command/completion';

const docs = readDocs({
  set: {
    summary: 'Set the string value of a key',
    arguments: [
      { name: 'key', type: 'key' },
      { name: 'value', type: 'string' },
      { name: 'condition', type: 'oneof', flags: ['optional'], arguments: [{ name: 'nx', type: 'pure-token', token: 'NX' }, { name: 'xx', type: 'pure-token', token: 'XX' }] },
      { name: 'expiration', type: 'oneof', flags: ['optional'], arguments: [{ name: 'seconds', type: 'integer', token: 'EX' }] },
    ],
  },
  mset: { summary: 'Set keys', arguments: [{ name: 'key_value', type: 'block', flags: ['multiple'], arguments: [{ name: 'key', type: 'key' }, { name: 'value', type: 'string' }] }] },
  setex: { summary: 'Set with a time' },
  config: { summary: 'A container', subcommands: { 'config|get': { summary: 'Get', arguments: [{ name: 'parameter', type: 'string', flags: ['multiple'] }] }, 'config|set': { summary: 'Set' } } },
});
const labels = (line: string): string[] => complete(docs, line).suggestions.map(({ label }) => label);

test('syntax is written as redis-cli writes it', () => {
  const set = docs.find(({ name }) => name === 'SET')!;
  assert.equal(set.arguments.map(syntaxOf).join(' '), 'key value [NX | XX] [EX seconds]');
  const mset = docs.find(({ name }) => name === 'MSET')!;
  assert.equal(mset.arguments.map(syntaxOf).join(' '), 'key value [key value ...]');
});

test('names are completed from their start, in either case, and subcommands behind their container', () => {
  assert.deepEqual(labels('se'), ['SET', 'SETEX']);
  assert.deepEqual(labels('config '), ['CONFIG GET', 'CONFIG SET']);
  assert.deepEqual(labels('CONFIG g'), ['CONFIG GET']);
  assert.deepEqual(labels('nothing'), []);
});

test('behind the values come the tokens that are left', () => {
  assert.deepEqual(labels('SET k v '), ['NX', 'XX', 'EX']);
  assert.deepEqual(labels('SET k v NX '), ['XX', 'EX']);
  assert.deepEqual(labels('SET k v e'), ['EX']);
});

test('a key is asked for where a key belongs', () => {
  assert.equal(complete(docs, 'SET us').keyPrefix, 'us');
  assert.equal(complete(docs, 'SET user ').keyPrefix, null);
  const mset = docs.find(({ name }) => name === 'MSET')!;
  assert.deepEqual([0, 1, 2, 3].map((place) => takesKey(mset, place)), [true, false, true, false]);
});

test('the hint counts off the arguments that are given', () => {
  assert.equal(hintOf(docs, 'SET')!.given, 0);
  assert.equal(hintOf(docs, 'SET k ')!.given, 1);
  assert.equal(hintOf(docs, 'SET k v x y')!.given, 2);
  assert.equal(hintOf(docs, 'config get ')!.doc.name, 'CONFIG GET');
});
