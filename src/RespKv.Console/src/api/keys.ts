import { fromArray, identity, isBytes, percentEncode, same, toArray, toBase64, type Bytes } from './bytes';
import { request, run, runAll, type Reply } from './http';

// What the key pages ask of the server. Each function is one request, unless it says otherwise.

export type KeyType = 'string' | 'hash' | 'list' | 'set' | 'zset';

export interface KeyItem {
  readonly key: Bytes;
  readonly type: string;
  /** Milliseconds, or null for a key that stays. */
  readonly ttl: number | null;
}

export interface KeyPage {
  readonly items: readonly KeyItem[];
  readonly cursor: string | null;
}

export async function listKeys(db: number, prefix: string, reverse: boolean, cursor: string | null, limit: number, signal?: AbortSignal): Promise<KeyPage> {
  const query = new URLSearchParams({ db: String(db), limit: String(limit) });
  if (prefix !== '') {
    query.set('prefix', prefix);
  }

  if (reverse) {
    query.set('reverse', 'true');
  }

  if (cursor !== null) {
    query.set('cursor', cursor);
  }

  const response = await request(`v1/kv?${query}`, signal ? { signal } : {});
  return await response.json() as KeyPage;
}

export interface KeyFacts {
  readonly type: string;
  readonly ttl: number | null;
  /** Bytes of a string, elements of a collection. */
  readonly length: number;
  readonly encoding: string | null;
  readonly memory: number | null;
}

const lengthCommands: Record<string, string> = { string: 'STRLEN', hash: 'HLEN', list: 'LLEN', set: 'SCARD', zset: 'ZCARD' };

/** Null when there is no such key. Up to three requests. */
export async function readFacts(db: number, key: Bytes): Promise<KeyFacts | null> {
  const [type, ttl] = await runAll(db, [['TYPE', key], ['PTTL', key]]);
  if (typeof type !== 'string' || type === 'none') {
    return null;
  }

  const command = lengthCommands[type];
  // Neither is needed to edit the key, and a user may be allowed to read keys and no more.
  const optional = (args: readonly Bytes[]): Promise<Reply> => run(db, args).then(({ reply }) => reply, () => null);
  const [length, encoding, memory] = await Promise.all([
    command ? run(db, [command, key]).then(({ reply }) => reply) : 0,
    optional(['OBJECT', 'ENCODING', key]),
    optional(['MEMORY', 'USAGE', key]),
  ]);
  return {
    type,
    ttl: typeof ttl === 'number' && ttl >= 0 ? ttl : null,
    length: Number(length),
    encoding: typeof encoding === 'string' ? encoding : null,
    memory: typeof memory === 'number' ? memory : null,
  };
}

/** Control characters, bytes that are no text, and the names . and .. do not travel in a path; base64url does. */
function keyPath(db: number, key: Bytes, query: Record<string, string> = {}): string {
  const plain = typeof key === 'string' && !/^\.{0,2}$|[\u0000-\u001f\u007f]/.test(key);
  const segment = plain ? percentEncode(key) : toBase64(toArray(key)).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
  return `v1/kv/${segment}?${new URLSearchParams({ db: String(db), ...(plain ? {} : { encoding: 'base64url' }), ...query })}`;
}

export interface StringValue {
  readonly value: Bytes;
  readonly version: string | null;
}

export async function readString(db: number, key: Bytes): Promise<StringValue> {
  const response = await request(keyPath(db, key), { headers: { Accept: 'application/octet-stream' } });
  return { value: fromArray(new Uint8Array(await response.arrayBuffer())), version: response.headers.get('ETag') };
}

/** The first bytes of a string that is too large to show whole. */
export async function readStart(db: number, key: Bytes, bytes: number): Promise<Bytes> {
  const { reply } = await run(db, ['GETRANGE', key, 0, bytes - 1]);
  return asBytes(reply);
}

/** Writes only over the version that was read; a ServerError with status 412 says that it has changed since. The time to live stays. */
export async function writeString(db: number, key: Bytes, value: Uint8Array, version: string | null): Promise<string | null> {
  const response = await request(keyPath(db, key, { keepttl: 'true' }), {
    method: 'PUT',
    headers: { 'Content-Type': 'application/octet-stream', ...(version === null ? {} : { 'If-Match': version }) },
    body: value.slice(),
  });
  return response.headers.get('ETag');
}

export type NewValue =
  | { readonly type: 'string'; readonly value: Bytes }
  | { readonly type: 'hash'; readonly pairs: readonly (readonly [Bytes, Bytes])[] }
  | { readonly type: 'list' | 'set'; readonly elements: readonly Bytes[] }
  | { readonly type: 'zset'; readonly members: readonly { readonly member: Bytes; readonly score: string }[] };

/** Creates the key with all of its elements and its time to live at once, or throws when there is one. */
export async function createKey(db: number, key: Bytes, created: NewValue, ttl: number | null): Promise<void> {
  await request(keyPath(db, key, { nx: 'true' }), {
    method: 'PUT',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ type: created.type, value: jsonOf(created), ...(ttl === null ? {} : { ttl }) }),
  });
}

function jsonOf(created: NewValue): unknown {
  switch (created.type) {
    case 'string': return created.value;
    case 'hash': return { map: created.pairs };
    // What is no number is sent as it was written: the server says what is wrong with it.
    case 'zset': return created.members.map(({ member, score }) => ({ member, score: Number.isFinite(Number(score)) ? Number(score) : score }));
    default: return created.elements;
  }
}

export async function deleteKey(db: number, key: Bytes): Promise<void> {
  await run(db, ['DEL', key]);
}

/** False when the new name is taken. */
export async function renameKey(db: number, key: Bytes, name: Bytes): Promise<boolean> {
  return (await run(db, ['RENAMENX', key, name])).reply === 1;
}

/** Milliseconds, or null to keep the key for good. */
export async function setTtl(db: number, key: Bytes, ttl: number | null): Promise<void> {
  await run(db, ttl === null ? ['PERSIST', key] : ['PEXPIRE', key, ttl]);
}

// Elements of collections, page by page.

export interface Element {
  /** What tells it from the others: the field, the member, the index. */
  readonly id: string;
  /** The field of a hash, the index of a list, the score of a sorted set; null for a set. */
  readonly name: Bytes | null;
  /** The value of a hash or list, the member of a set or sorted set. */
  readonly value: Bytes;
}

export interface ElementPage {
  readonly elements: readonly Element[];
  /** Where to go on, or null at the end. */
  readonly next: string | null;
}

export interface ElementQuery {
  /** A part of the field or member to look for; lists have none. */
  readonly match: string;
  readonly descending: boolean;
}

const pageElements = 200;

export async function readElements(db: number, key: Bytes, type: string, query: ElementQuery, next: string, signal: AbortSignal): Promise<ElementPage> {
  const options = { signal };
  if (type === 'list') {
    const start = Number(next);
    const { reply } = await run(db, ['LRANGE', key, start, start + pageElements - 1], options);
    const values = asList(reply).map(asBytes);
    return { elements: values.map((value, at) => ({ id: String(start + at), name: String(start + at), value })), next: values.length < pageElements ? null : String(start + pageElements) };
  }

  if (type === 'zset' && query.match === '') {
    const start = Number(next);
    const { reply } = await run(db, ['ZRANGE', key, start, start + pageElements - 1, ...(query.descending ? ['REV'] : []), 'WITHSCORES'], options);
    const elements = asList(reply).map((pair) => scored(asList(pair)[0]!, asList(pair)[1]!));
    return { elements, next: elements.length < pageElements ? null : String(start + pageElements) };
  }

  const scan = { hash: 'HSCAN', set: 'SSCAN', zset: 'ZSCAN' }[type]!;
  // A search looks at more elements per request, because few of them match.
  const args = [scan, key, next, ...(query.match === '' ? [] : ['MATCH', `*${escapeGlob(query.match)}*`]), 'COUNT', query.match === '' ? pageElements : 2000];
  const [cursor, found] = asList((await run(db, args, options)).reply);
  return { elements: scanned(type, asList(found ?? [])), next: String(cursor) === '0' ? null : String(cursor) };
}

function scanned(type: string, flat: readonly Reply[]): Element[] {
  if (type === 'set') {
    return flat.map(asBytes).map((value) => ({ id: identity(value), name: null, value }));
  }

  const elements: Element[] = [];
  for (let at = 0; at + 1 < flat.length; at += 2) {
    const name = asBytes(flat[at]!);
    elements.push(type === 'zset' ? scored(flat[at]!, flat[at + 1]!) : { id: identity(name), name, value: asBytes(flat[at + 1]!) });
  }

  return elements;
}

function scored(member: Reply, score: Reply): Element {
  const value = asBytes(member);
  return { id: identity(value), name: String(score), value };
}

function escapeGlob(text: string): string {
  return text.replace(/[\\*?[\]]/g, '\\$&');
}

/** What a person changed about an element: name is the field or score, as in Element. */
export interface ElementEdit {
  readonly name: Bytes;
  readonly value: Bytes;
}

/** Adds an element, or sets the field or score of one that is there. */
export async function addElement(db: number, key: Bytes, type: string, edit: ElementEdit, atHead: boolean): Promise<void> {
  await run(db, addition(key, type, edit, atHead));
}

function addition(key: Bytes, type: string, { name, value }: ElementEdit, atHead: boolean): Bytes[] {
  switch (type) {
    case 'hash': return ['HSET', key, name, value];
    case 'list': return [atHead ? 'LPUSH' : 'RPUSH', key, value];
    case 'set': return ['SADD', key, value];
    default: return ['ZADD', key, name, value];
  }
}

export async function changeElement(db: number, key: Bytes, type: string, old: Element, edit: ElementEdit): Promise<void> {
  if (type === 'list') {
    await checkIndex(db, key, old);
    await run(db, ['LSET', key, old.id, edit.value]);
    return;
  }

  const moved = type === 'hash' ? !same(old.name!, edit.name) : !same(old.value, edit.value);
  const add = addition(key, type, edit, false);
  await runAll(db, moved ? [removal(key, type, old), add] : [add]);
}

export async function removeElement(db: number, key: Bytes, type: string, element: Element): Promise<void> {
  if (type === 'list') {
    await checkIndex(db, key, element);
    // Redis has no command that removes by index: the element is made unlike all others first, in the same transaction.
    const mark = `respkv-console:${crypto.getRandomValues(new Uint32Array(4)).join('-')}`;
    await runAll(db, [['LSET', key, element.id, mark], ['LREM', key, 1, mark]]);
    return;
  }

  await run(db, removal(key, type, element));
}

function removal(key: Bytes, type: string, element: Element): Bytes[] {
  const command = { hash: 'HDEL', set: 'SREM', zset: 'ZREM' }[type]!;
  return [command, key, type === 'hash' ? element.name! : element.value];
}

async function checkIndex(db: number, key: Bytes, element: Element): Promise<void> {
  const { reply } = await run(db, ['LINDEX', key, element.id]);
  if (!isBytes(reply) || !same(reply, element.value)) {
    throw new Error('The list has changed since it was read. Reload it first.');
  }
}

export function asList(reply: Reply): readonly Reply[] {
  return Array.isArray(reply) ? reply as readonly Reply[] : [];
}

export function asBytes(reply: Reply): Bytes {
  return isBytes(reply) ? reply : String(reply);
}
