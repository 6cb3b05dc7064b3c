import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { createKey, type KeyType, type NewValue } from '../../api/keys';
import { reload } from '../../state/key-list';
import { say } from '../../state/notice';
import { goTo } from '../../state/router';
import { bytesOf, BytesField, problemOf, type Draft } from '../../ui/bytes-field';
import { FormDialog } from '../../ui/dialog';
import { CloseIcon, PlusIcon } from '../../ui/icons';
import { TtlFields, ttlOf, type TtlDraft } from '../../ui/ttl-fields';

const types: readonly KeyType[] = ['string', 'hash', 'list', 'set', 'zset'];
const none: Draft = { form: 'text', text: '' };

/** The second column's name, and the first one's where there is one. */
const columns: Record<KeyType, readonly [string | null, string]> = {
  string: [null, 'Value'],
  hash: ['Field', 'Value'],
  list: [null, 'Element'],
  set: [null, 'Member'],
  zset: ['Score', 'Member'],
};

interface Row {
  readonly name: string;
  readonly value: string;
}

export function CreateDialog({ db, onClose }: { readonly db: number; readonly onClose: () => void }): JSX.Element {
  const [key, setKey] = useState<Draft>(none);
  const [type, setType] = useState<KeyType>('string');
  const [value, setValue] = useState<Draft>(none);
  const [rows, setRows] = useState<readonly Row[]>([{ name: '', value: '' }]);
  const [ttl, setTtl] = useState<TtlDraft>({ amount: '', unit: 'seconds' });
  const [first, second] = columns[type];
  const change = (at: number, row: Partial<Row>): void => setRows(rows.map((old, index) => (index === at ? { ...old, ...row } : old)));
  const wrong = problemOf(key) !== null || (type === 'string' && problemOf(value) !== null) || Number.isNaN(ttlOf(ttl) ?? 0);
  return (
    <FormDialog
      title="New key"
      action="Create"
      wide
      disabled={wrong}
      onClose={onClose}
      onSubmit={async () => {
        const name = bytesOf(key);
        await createKey(db, name, newValue(type, value, rows), ttlOf(ttl));
        say('The key is created.');
        onClose();
        goTo({ page: 'keys', key: name });
        await reload(db);
      }}
    >
      <BytesField label="Key" draft={key} onChange={setKey} first />
      <div class="field">
        <span class="label" id="new-type">Type</span>
        <div class="segments" role="radiogroup" aria-labelledby="new-type">
          {types.map((name) => (
            <label key={name}>
              <input type="radio" name="type" value={name} checked={type === name} onChange={() => setType(name)} />
              <span>{name}</span>
            </label>
          ))}
        </div>
      </div>
      {type === 'string' && <BytesField label="Value" draft={value} onChange={setValue} rows={5} />}
      {type !== 'string' && (
        <fieldset class="pairs">
          <legend>{first === null ? `${second}s` : `${first}s and ${second.toLowerCase()}s`}</legend>
          {rows.map((row, at) => (
            <div class="row" key={at}>
              {first !== null && (
                <input class={first === 'Score' ? 'mono score' : 'mono grow'} aria-label={`${first} ${at + 1}`} placeholder={first} value={row.name} autocomplete="off" spellcheck={false} onInput={(event) => change(at, { name: event.currentTarget.value })} />
              )}
              <input class="mono grow" aria-label={`${second} ${at + 1}`} placeholder={second} value={row.value} autocomplete="off" spellcheck={false} onInput={(event) => change(at, { value: event.currentTarget.value })} />
              <button type="button" class="quiet square" aria-label={`Take away row ${at + 1}`} disabled={rows.length === 1} onClick={() => setRows(rows.filter((_, index) => index !== at))}><CloseIcon /></button>
            </div>
          ))}
          <button type="button" class="quiet" onClick={() => setRows([...rows, { name: '', value: '' }])}><PlusIcon />One more</button>
        </fieldset>
      )}
      <TtlFields draft={ttl} onChange={setTtl} hint="none" />
    </FormDialog>
  );
}

function newValue(type: KeyType, value: Draft, rows: readonly Row[]): NewValue {
  switch (type) {
    case 'string': return { type, value: bytesOf(value) };
    case 'hash': return { type, pairs: rows.map((row) => [row.name, row.value]) };
    case 'zset': return { type, members: rows.map((row) => ({ score: row.name.trim() === '' ? '0' : row.name.trim(), member: row.value })) };
    default: return { type, elements: rows.map((row) => row.value) };
  }
}
