import { batch, computed, signal } from '@preact/signals';
import { identity, type Bytes } from '../api/bytes';
import { errorText } from '../api/http';
import { listKeys, type KeyItem } from '../api/keys';
import { stats } from './live';

// The keys under a prefix, page by page as the list is scrolled. It outlives a visit to another page.

const firstPageKeys = 200;
const pageKeys = 1000;

/** What a person can scroll through; a longer prefix finds the rest. Browsers also bound the height of an element. */
export const keysMax = 500_000;

export const prefix = signal('');
export const reverse = signal(false);
export const items = signal<readonly KeyItem[]>([]);
export const loading = signal(false);
export const listError = signal<string | null>(null);
const cursor = signal<string | null>(null);
const loadedDb = signal<number | null>(null);

export const complete = computed(() => loadedDb.value !== null && cursor.value === null);

/** Keys of the whole database, when the server told. */
export function databaseSize(db: number): number | null {
  const keyspace = stats.value?.keyspace;
  return keyspace ? (keyspace.find((row) => row.db === db)?.keys ?? 0) : null;
}

let running: AbortController | null = null;

/** Reads the list anew from its start. */
export async function reload(db: number): Promise<void> {
  running?.abort();
  const mine = new AbortController();
  running = mine;
  loading.value = true;
  await read(db, null, firstPageKeys, mine);
}

/** Reads the next page; nothing when one is being read or there is none. */
export async function loadMore(db: number): Promise<void> {
  if (loading.value || cursor.value === null || listError.value !== null || items.value.length >= keysMax) {
    return;
  }

  const mine = new AbortController();
  running = mine;
  loading.value = true;
  await read(db, cursor.value, pageKeys, mine);
}

async function read(db: number, from: string | null, limit: number, mine: AbortController): Promise<void> {
  try {
    const page = await listKeys(db, prefix.value, reverse.value, from, limit, mine.signal);
    if (running === mine) {
      batch(() => {
        items.value = from === null ? page.items : [...items.value, ...page.items];
        cursor.value = page.cursor;
        loadedDb.value = db;
        listError.value = null;
        loading.value = false;
      });
    }
  } catch (error) {
    if (running === mine) {
      batch(() => {
        if (loadedDb.value !== db) {
          items.value = [];
        }

        listError.value = errorText(error);
        loading.value = false;
      });
    }
  }
}

export function needsLoading(db: number): boolean {
  return loadedDb.value !== db && !loading.value;
}

export function dropKey(key: Bytes): void {
  const gone = identity(key);
  items.value = items.value.filter((item) => identity(item.key) !== gone);
}

export function patchKey(key: Bytes, change: Partial<KeyItem>): void {
  const name = identity(key);
  items.value = items.value.map((item) => (identity(item.key) === name ? { ...item, ...change } : item));
}
