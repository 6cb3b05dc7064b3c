import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Bytes } from '../../api/bytes';
import { errorText } from '../../api/http';
import { addElement, changeElement, readElements, removeElement, type Element } from '../../api/keys';
import { say } from '../../state/notice';
import { saySaved } from './key-actions';
import { bytesOf, BytesField, draftOf, problemOf } from '../../ui/bytes-field';
import { askFirst, FormDialog } from '../../ui/dialog';
import { PenIcon, PlusIcon, SearchIcon, SortIcon, TrashIcon } from '../../ui/icons';
import { BytesText, Empty, Problem } from '../../ui/parts';
import { useVirtualRows } from '../../ui/virtual';

interface Words {
  /** The first column; null where there is none. */
  readonly name: string | null;
  readonly value: string;
  readonly one: string;
}

const words: Record<string, Words> = {
  hash: { name: 'Field', value: 'Value', one: 'field' },
  list: { name: 'Index', value: 'Element', one: 'element' },
  set: { name: null, value: 'Member', one: 'member' },
  zset: { name: 'Score', value: 'Member', one: 'member' },
};

const typingMillis = 220;
/** A search reads on by itself until it has shown this many rows or this many replies were without a hit. */
const emptyPagesMax = 50;

interface CollectionEditorProps {
  readonly db: number;
  readonly name: Bytes;
  readonly type: string;
  readonly turn: number;
  readonly onChanged: () => Promise<void>;
}

export function CollectionEditor({ db, name, type, turn, onChanged }: CollectionEditorProps): JSX.Element {
  const texts = words[type];
  return texts === undefined
    ? <Empty title={`The console has no editor for the type ${type}`}><p>Use its commands on the command page.</p></Empty>
    : <Elements db={db} name={name} type={type} turn={turn} texts={texts} onChanged={onChanged} />;
}

function Elements({ db, name, type, turn, texts, onChanged }: CollectionEditorProps & { readonly texts: Words }): JSX.Element {
  const scroll = useRef<HTMLDivElement>(null);
  const running = useRef<AbortController | null>(null);
  const [rows, setRows] = useState<readonly Element[]>([]);
  const [next, setNext] = useState<string | null>('0');
  const [problem, setProblem] = useState<string | null>(null);
  const [match, setMatch] = useState('');
  const [descending, setDescending] = useState(false);
  const [editing, setEditing] = useState<Element | 'new' | null>(null);
  const virtual = useVirtualRows(scroll, rows.length);
  const shown = virtual.getVirtualItems();
  const last = shown.at(-1)?.index ?? 0;

  const read = async (from: string, old: readonly Element[]): Promise<void> => {
    running.current?.abort();
    const mine = new AbortController();
    running.current = mine;
    try {
      // A scan may tell an element twice, and a page without any.
      const seen = new Map(old.map((element) => [element.id, element]));
      let cursor: string | null = from;
      for (let page = 0; cursor !== null && seen.size === old.length && page < emptyPagesMax; page++) {
        const found = await readElements(db, name, type, { match, descending }, cursor, mine.signal);
        found.elements.forEach((element) => seen.set(element.id, element));
        cursor = found.next;
      }

      if (running.current === mine) {
        running.current = null;
        setRows([...seen.values()]);
        setNext(cursor);
        setProblem(null);
      }
    } catch (error) {
      if (running.current === mine) {
        running.current = null;
        setProblem(errorText(error));
      }
    }
  };
  useEffect(() => {
    const timer = window.setTimeout(() => void read('0', []), match === '' ? 0 : typingMillis);
    return () => clearTimeout(timer);
  }, [turn, match, descending]);
  useEffect(() => () => running.current?.abort(), []);
  useEffect(() => {
    if (next !== null && rows.length > 0 && last > rows.length - 60 && running.current === null && problem === null) {
      void read(next, rows);
    }
  }, [last, next, rows, problem]);

  const askRemove = (element: Element): void => askFirst({
    title: `Remove this ${texts.one}?`,
    text: <p class="quoted"><BytesText value={type === 'hash' ? element.name! : element.value} /></p>,
    action: 'Remove',
    run: async () => {
      await removeElement(db, name, type, element);
      say(`The ${texts.one} is removed.`);
      await onChanged();
    },
  });

  return (
    <div class="collection">
      <div class="list-tools">
        {type === 'list' ? <span class="grow" /> : (
          <label class="search grow">
            <SearchIcon />
            <span class="visually-hidden">Find a {texts.one}</span>
            <input type="search" placeholder={`Find a ${texts.one}`} value={match} autocomplete="off" autocapitalize="off" spellcheck={false} onInput={(event) => setMatch(event.currentTarget.value)} />
          </label>
        )}
        {type === 'zset' && match === '' && (
          <button type="button" class="quiet square" aria-pressed={descending} aria-label="Highest score first" title="Highest score first" onClick={() => setDescending(!descending)}><SortIcon /></button>
        )}
        <button type="button" onClick={() => setEditing('new')}><PlusIcon />Add {texts.one}</button>
      </div>
      {problem !== null && <Problem text={problem} again={() => void read('0', [])} />}
      <div class={`table-head of-${type}`} aria-hidden="true">
        {texts.name !== null && <span>{texts.name}</span>}
        <span>{texts.value}</span>
      </div>
      <div ref={scroll} class="rows elements" role="table" aria-label={`${texts.value}s`} aria-rowcount={next === null ? rows.length : -1} tabIndex={0}>
        {rows.length === 0 && next === null && <Empty title={match === '' ? 'Nothing here' : `No ${texts.one} holds this`} />}
        <div class="rows-room" role="rowgroup" style={{ height: `${virtual.getTotalSize()}px` }}>
          {shown.map(({ index, start }) => {
            const element = rows[index]!;
            return (
              <div key={element.id} role="row" aria-rowindex={index + 1} class={`element-row of-${type}`} style={{ transform: `translateY(${start}px)` }} onDblClick={() => setEditing(element)}>
                {element.name !== null && <span role="cell" class="element-name"><BytesText value={element.name} /></span>}
                <span role="cell" class="element-value"><BytesText value={element.value} /></span>
                <span role="cell" class="element-actions">
                  <button type="button" class="quiet square" aria-label={`Edit ${texts.one} ${index + 1}`} title="Edit" onClick={() => setEditing(element)}><PenIcon /></button>
                  <button type="button" class="quiet square" aria-label={`Remove ${texts.one} ${index + 1}`} title="Remove" onClick={() => askRemove(element)}><TrashIcon /></button>
                </span>
              </div>
            );
          })}
        </div>
      </div>
      {editing !== null && (
        <ElementDialog
          type={type}
          texts={texts}
          element={editing === 'new' ? null : editing}
          onClose={() => setEditing(null)}
          onSave={async (edit, atHead) => {
            if (editing === 'new') {
              await addElement(db, name, type, edit, atHead);
            } else {
              await changeElement(db, name, type, editing, edit);
            }

            setEditing(null);
            saySaved();
            await onChanged();
          }}
        />
      )}
    </div>
  );
}

interface ElementDialogProps {
  readonly type: string;
  readonly texts: Words;
  readonly element: Element | null;
  readonly onClose: () => void;
  readonly onSave: (edit: { readonly name: Bytes; readonly value: Bytes }, atHead: boolean) => Promise<void>;
}

function ElementDialog({ type, texts, element, onClose, onSave }: ElementDialogProps): JSX.Element {
  const [name, setName] = useState(() => draftOf(element?.name ?? (type === 'zset' ? '0' : '')));
  const [value, setValue] = useState(() => draftOf(element?.value ?? ''));
  const [atHead, setAtHead] = useState(false);
  return (
    <FormDialog
      title={element === null ? `Add a ${texts.one}`.replace('a element', 'an element') : `Edit the ${texts.one}`}
      action={element === null ? 'Add' : 'Save'}
      wide
      disabled={problemOf(name) !== null || problemOf(value) !== null}
      onClose={onClose}
      onSubmit={() => onSave({ name: bytesOf(name), value: bytesOf(value) }, atHead)}
    >
      {type === 'hash' && <BytesField label="Field" draft={name} onChange={setName} first={element === null} />}
      {type === 'zset' && (
        <label class="field">
          <span class="label">Score</span>
          <input class="mono" inputMode="decimal" value={name.text} autocomplete="off" data-first="" onInput={(event) => setName({ form: 'text', text: event.currentTarget.value })} />
        </label>
      )}
      {type === 'list' && element === null && (
        <div class="field">
          <span class="label" id="list-end">Where</span>
          <div class="segments" role="radiogroup" aria-labelledby="list-end">
            <label><input type="radio" name="end" checked={atHead} onChange={() => setAtHead(true)} /><span>at the head</span></label>
            <label><input type="radio" name="end" checked={!atHead} onChange={() => setAtHead(false)} /><span>at the tail</span></label>
          </div>
        </div>
      )}
      <BytesField label={texts.value} draft={value} onChange={setValue} rows={6} first={type !== 'zset' && (type !== 'hash' || element !== null)} />
    </FormDialog>
  );
}
