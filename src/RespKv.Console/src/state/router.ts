import { effect, signal } from '@preact/signals';
import { fromArray, percentEncode, toArray, type Bytes } from '../api/bytes';

// The address behind # names the page, the database and the key: #/keys/0/user%3A1. Back and forward work.

export const pages = ['keys', 'command', 'live', 'durability', 'slowlog', 'clients'] as const;
export type Page = (typeof pages)[number];

export interface Place {
  readonly page: Page;
  readonly db: number;
  readonly key: Bytes | null;
}

export const place = signal<Place>(read());

window.addEventListener('hashchange', () => {
  place.value = read();
});

const titles: Record<Page, string> = { keys: 'Keys', command: 'Command', live: 'Live', durability: 'Durability', slowlog: 'Slow log', clients: 'Clients' };

export function titleOf(page: Page): string {
  return titles[page];
}

effect(() => {
  document.title = `${titles[place.value.page]} – RespKv`;
});

function read(): Place {
  const [, page, db, key] = location.hash.split('/');
  return {
    page: pages.find((name) => name === page) ?? 'keys',
    db: /^\d{1,5}$/.test(db ?? '') ? Number(db) : 0,
    key: key === undefined ? null : decodeKey(key),
  };
}

function decodeKey(text: string): Bytes {
  const bytes: number[] = [];
  for (let at = 0; at < text.length; at++) {
    const hex = text[at] === '%' ? /^[0-9a-fA-F]{2}/.exec(text.slice(at + 1, at + 3)) : null;
    if (hex) {
      bytes.push(parseInt(hex[0], 16));
      at += 2;
    } else {
      bytes.push(...toArray(text[at]!));
    }
  }

  return fromArray(Uint8Array.from(bytes));
}

export function hrefOf(to: Partial<Place>): string {
  const { page, db, key } = { ...place.value, key: null, ...to };
  return key === null ? `#/${page}/${db}` : `#/${page}/${db}/${percentEncode(key)}`;
}

export function goTo(to: Partial<Place>): void {
  location.hash = hrefOf(to);
}

/** As goTo, without a step of its own in the history. */
export function replaceWith(to: Partial<Place>): void {
  history.replaceState(null, '', hrefOf(to));
  place.value = read();
}
