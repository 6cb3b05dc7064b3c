import assert from 'node:assert/strict';
import { test } from 'node:test';
import { byteLength, display, fitsTextField, fromArray, fromBase64, fromHex, identity, percentEncode, toArray, toHex } from '../src/api/bytes';

test('bytes that are UTF-8 become a string, others base64, and both go back', () => {
  assert.equal(fromArray(new TextEncoder().encode('héllo')), 'héllo');
  const binary = Uint8Array.of(0xff, 0xfe, 0);
  assert.deepEqual(fromArray(binary), { base64: '//4A' });
  assert.deepEqual(toArray(fromArray(binary)), binary);
});

test('a byte order mark is kept', () => {
  const marked = Uint8Array.of(0xef, 0xbb, 0xbf, 0x61);
  assert.deepEqual(toArray(fromArray(marked)), marked);
});

test('hex goes there and back, sixteen bytes a line', () => {
  const all = Uint8Array.from({ length: 256 }, (_, at) => at);
  assert.deepEqual(fromHex(toHex(all)), all);
  assert.equal(toHex(all).split('\n').length, 16);
});

test('wrong hex and base64 say what is wrong', () => {
  assert.throws(() => fromHex('0g'), /"g" is no hexadecimal digit/);
  assert.throws(() => fromHex('abc'), /last one is missing/);
  assert.throws(() => fromBase64('a'), /not base64/);
});

test('control characters and direction marks are shown as escapes', () => {
  assert.equal(display('a\r\n\u0000\u202e'), 'a\\r\\n\\x00\\u202e');
  assert.equal(display({ base64: '/2Fc' }), '\\xffa\\\\');
  assert.equal(display('abcdef', 3), 'abc…');
});

test('text with carriage returns or zero bytes does not fit a text field', () => {
  assert.equal(fitsTextField('a\nb'), true);
  assert.equal(fitsTextField('a\r\nb'), false);
  assert.equal(fitsTextField('\u0000'), false);
  assert.equal(fitsTextField({ base64: '' }), false);
});

test('a string and base64 of the same letters are different keys', () => {
  assert.notEqual(identity('YQ=='), identity({ base64: 'YQ==' }));
});

test('every byte of a binary key is percent-encoded, and only what must be of a text', () => {
  assert.equal(percentEncode({ base64: '/wA=' }), '%FF%00');
  assert.equal(percentEncode('user:1/ä'), 'user%3A1%2F%C3%A4');
  assert.equal(byteLength('ä'), 2);
});
