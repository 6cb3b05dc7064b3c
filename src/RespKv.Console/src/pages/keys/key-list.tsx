import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { display, identity } from '../../api/bytes';
import { count, span } from '../../api/format';
import type { KeyItem } from '../../api/keys';
import { complete, databaseSize, items, keysMax, listError, loading, loadMore, prefix, reload, reverse } from '../../state/key-list';
import { goTo, place } from '../../state/router';
import { onShortcut } from '../../state/shortcuts';
import { PlusIcon, ReloadIcon, SearchIcon, SortIcon } from '../../ui/icons';
import { Empty, Problem, TypeBadge } from '../../ui/parts';
import { rowPixels, useVirtualRows } from '../../ui/virtual';
import { askDelete } from './key-actions';

/** Rows that are left below when the next page is asked for. */
const rowsAhead = 300;
const typingMillis = 180;

export function KeyList({ db, onCreate }: { readonly db: number; readonly onCreate: () => void }): JSX.Element {
  const scroll = useRef<HTMLDivElement>(null);
  const field = useRef<HTMLInputElement>(null);
  const [active, setActive] = useState(0);
  const rows = items.value;
  const virtual = useVirtualRows(scroll, rows.length);
  const shown = virtual.getVirtualItems();
  const last = shown.at(-1)?.index ?? 0;

  useEffect(() => {
    if (rows.length > 0 && last > rows.length - rowsAhead) {
      void loadMore(db);
    }
  }, [db, last, rows.length]);

  const open = place.value.key === null ? null : identity(place.value.key);
  const move = (to: number): void => {
    const next = Math.max(0, Math.min(rows.length - 1, to));
    setActive(next);
    virtual.scrollToIndex(next, { align: 'auto' });
  };
  const show = (item: KeyItem | undefined): void => {
    if (item) {
      goTo({ page: 'keys', key: item.key });
    }
  };
  useEffect(() => onShortcut('/', () => field.current?.select()), []);
  useEffect(() => onShortcut('r', () => void reload(db)), [db]);
  const typing = useRef<number | undefined>(undefined);
  const search = (text: string): void => {
    prefix.value = text;
    clearTimeout(typing.current);
    typing.current = window.setTimeout(() => {
      setActive(0);
      scroll.current?.scrollTo({ top: 0 });
      void reload(db);
    }, typingMillis);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const page = Math.max(1, Math.floor((scroll.current?.clientHeight ?? 0) / rowPixels()) - 1);
    const target = { ArrowDown: active + 1, ArrowUp: active - 1, PageDown: active + page, PageUp: active - page, Home: 0, End: rows.length - 1 }[event.key];
    if (target !== undefined) {
      event.preventDefault();
      move(target);
    } else if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      show(rows[active]);
    } else if (event.key === 'Delete' && rows[active]) {
      event.preventDefault();
      askDelete(db, rows[active].key);
    }
  };

  return (
    <section class="key-list" aria-label="Keys">
      <div class="list-tools">
        <label class="search grow">
          <SearchIcon />
          <span class="visually-hidden">Prefix</span>
          <input
            ref={field}
            type="search"
            placeholder="Prefix"
            value={prefix.value}
            spellcheck={false}
            autocapitalize="off"
            autocomplete="off"
            onInput={(event) => search(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key === 'ArrowDown' || event.key === 'Enter') {
                event.preventDefault();
                scroll.current?.focus();
              }
            }}
          />
          <kbd class="wide-only">/</kbd>
        </label>
        <button type="button" class="primary" onClick={onCreate}><PlusIcon />New key</button>
      </div>
      <div class="list-head">
        <p aria-live="polite">{summary(db, rows.length)}</p>
        <button
          type="button"
          class="quiet square"
          aria-pressed={reverse.value}
          aria-label="From the end"
          title="From the end"
          onClick={() => {
            reverse.value = !reverse.value;
            scroll.current?.scrollTo({ top: 0 });
            void reload(db);
          }}
        >
          <SortIcon />
        </button>
        <button type="button" class="quiet square" aria-label="Reload the list" title="Reload the list" onClick={() => void reload(db)}><ReloadIcon /></button>
      </div>
      {listError.value !== null && <Problem text={listError.value} again={() => void reload(db)} />}
      <div
        ref={scroll}
        class="rows"
        role="listbox"
        tabIndex={0}
        aria-label="Keys in byte order"
        aria-activedescendant={shown.some(({ index }) => index === active) ? `key-${active}` : undefined}
        onKeyDown={onKeyDown}
      >
        {rows.length === 0 && complete.value && !loading.value && listError.value === null && <NoKeys onCreate={onCreate} />}
        <div class="rows-room" style={{ height: `${virtual.getTotalSize()}px` }}>
          {shown.map(({ index, start }) => {
            const item = rows[index]!;
            const name = identity(item.key);
            return (
              <div
                key={name}
                id={`key-${index}`}
                role="option"
                class={index === active ? 'key-row active' : 'key-row'}
                style={{ transform: `translateY(${start}px)` }}
                aria-selected={name === open}
                aria-posinset={index + 1}
                aria-setsize={complete.value ? rows.length : -1}
                onClick={() => {
                  setActive(index);
                  show(item);
                }}
              >
                <span class={typeof item.key === 'string' ? 'bytes' : 'bytes binary'}>{display(item.key, 200)}</span>
                {item.ttl !== null && <span class="ttl" title="Time to live when the list was read">{span(item.ttl)}</span>}
                <TypeBadge type={item.type} />
              </div>
            );
          })}
        </div>
      </div>
    </section>
  );
}

function summary(db: number, loaded: number): string {
  if (loaded === 0) {
    return loading.value ? 'Reading…' : '';
  }

  const size = databaseSize(db);
  if (complete.value) {
    return loaded === 1 ? '1 key' : `${count(loaded)} keys`;
  }

  if (loaded >= keysMax) {
    return `The first ${count(loaded)} keys. A longer prefix finds the rest.`;
  }

  return prefix.value === '' && size !== null ? `${count(loaded)} of ${count(Math.max(size, loaded))} keys, scroll for more` : `${count(loaded)} keys, scroll for more`;
}

function NoKeys({ onCreate }: { readonly onCreate: () => void }): JSX.Element {
  return prefix.value === ''
    ? <Empty title="This database is empty"><button type="button" onClick={onCreate}>Create its first key</button></Empty>
    : <Empty title="No key begins like this"><p>Keys are compared byte by byte; capitals count.</p></Empty>;
}
