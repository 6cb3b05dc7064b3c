import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseLine, quoteWord } from '../src/api/command-line';

const values = (line: string): unknown[] => parseLine(line).words.map(({ value }) => value);

test('words are separated by blanks, quotes keep blanks, escapes are bytes', () => {
  assert.deepEqual(values('SET  a "b c" \'d\\\'e\' ""'), ['SET', 'a', 'b c', "d'e", '']);
  assert.deepEqual(values('"\\n\\t\\x41\\""'), ['\n\tA"']);
  assert.deepEqual(values('"\\xff\\x00"'), [{ base64: '/wA=' }]);
});

test('an open quote and letters behind a closing one are errors', () => {
  assert.match(parseLine('GET "a').error!, /not closed/);
  assert.match(parseLine('GET "a"b').error!, /has to follow/);
});

test('a line that ends with a blank waits for the next word', () => {
  assert.equal(parseLine('GET ').open, true);
  assert.equal(parseLine('GET').open, false);
  assert.deepEqual(parseLine('GET key').words[1], { value: 'key', start: 4, end: 7 });
});

test('what is quoted is read back as it was', () => {
  for (const word of ['plain', '', 'two words', 'quo"te', "apo'strophe", 'back\\slash', 'line\nend', 'ä\u0001', { base64: '/wBcIg==' }]) {
    assert.deepEqual(values(quoteWord(word)), [word]);
  }
});
