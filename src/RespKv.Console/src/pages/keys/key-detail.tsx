import type { JSX } from 'preact';
import { useCallback, useEffect, useState } from 'preact/hooks';
import { display, type Bytes } from '../../api/bytes';
import { byteSize, count, span } from '../../api/format';
import { errorText } from '../../api/http';
import { readFacts, renameKey, setTtl, type KeyFacts } from '../../api/keys';
import { dropKey, patchKey, reload } from '../../state/key-list';
import { say } from '../../state/notice';
import { goTo, hrefOf, replaceWith } from '../../state/router';
import { onShortcut } from '../../state/shortcuts';
import { bytesOf, BytesField, draftOf, problemOf } from '../../ui/bytes-field';
import { FormDialog } from '../../ui/dialog';
import { BackIcon, ClockIcon, PenIcon, ReloadIcon, TrashIcon } from '../../ui/icons';
import { CopyButton, Empty, Fact, Problem, TypeBadge, useSeconds } from '../../ui/parts';
import { TtlFields, ttlDraftOf, ttlOf } from '../../ui/ttl-fields';
import { CollectionEditor } from './collection-editor';
import { askDelete } from './key-actions';
import { StringEditor } from './string-editor';

interface Read {
  readonly facts: KeyFacts | null;
  /** performance.now() when the facts were read, for the countdown. */
  readonly at: number;
  /** Grows with every reading; the editors read again with it. */
  readonly turn: number;
}

export function KeyDetail({ db, name }: { readonly db: number; readonly name: Bytes }): JSX.Element {
  const [read, setRead] = useState<Read | null>(null);
  const [error, setError] = useState<string | null>(null);
  const [dialog, setDialog] = useState<'rename' | 'ttl' | null>(null);

  const load = useCallback(async (): Promise<void> => {
    try {
      const facts = await readFacts(db, name);
      setRead((old) => ({ facts, at: performance.now(), turn: (old?.turn ?? 0) + 1 }));
      setError(null);
      if (facts === null) {
        dropKey(name);
      } else {
        patchKey(name, { type: facts.type, ttl: facts.ttl });
      }
    } catch (thrown) {
      setError(errorText(thrown));
    }
  }, []);
  useEffect(() => void load(), []);
  useEffect(() => onShortcut('e', () => setDialog('ttl')), []);
  useEffect(() => onShortcut('Escape', () => goTo({ page: 'keys', key: null })), []);

  const facts = read?.facts ?? null;
  return (
    <div class="key-detail">
      <header class="key-head">
        <a class="back button quiet" href={hrefOf({ page: 'keys', key: null })}><BackIcon />Keys</a>
        <div class="key-title">
          {facts && <TypeBadge type={facts.type} />}
          <h1 class={typeof name === 'string' ? 'bytes' : 'bytes binary'}>{display(name, 4000)}</h1>
          <CopyButton value={name} label="Copy the key" />
        </div>
        {facts && (
          <div class="key-actions">
            <button type="button" onClick={() => setDialog('ttl')}><ClockIcon />Time to live</button>
            <button type="button" onClick={() => setDialog('rename')}><PenIcon />Rename</button>
            <button type="button" class="danger-quiet" onClick={() => askDelete(db, name)}><TrashIcon />Delete</button>
            <button type="button" class="square" aria-label="Reload the key" title="Reload the key" onClick={() => void load()}><ReloadIcon /></button>
          </div>
        )}
      </header>
      {error !== null && <Problem text={error} again={() => void load()} />}
      {read !== null && facts === null && (
        <Empty title="This key does not exist">
          <p>It was deleted, has expired, or never was.</p>
          <button type="button" onClick={() => void load()}>Look again</button>
        </Empty>
      )}
      {read !== null && facts !== null && (
        <>
          <dl class="facts">
            <Fact name="Time to live"><Countdown ttl={facts.ttl} at={read.at} onEnd={() => void load()} /></Fact>
            <Fact name={facts.type === 'string' ? 'Length' : 'Elements'}>{facts.type === 'string' ? byteSize(facts.length) : count(facts.length)}</Fact>
            {facts.encoding !== null && <Fact name="Encoding">{facts.encoding}</Fact>}
            {facts.memory !== null && <Fact name="Memory">{byteSize(facts.memory)}</Fact>}
          </dl>
          {facts.type === 'string'
            ? <StringEditor db={db} name={name} length={facts.length} turn={read.turn} onChanged={load} />
            : <CollectionEditor db={db} name={name} type={facts.type} turn={read.turn} onChanged={load} />}
        </>
      )}
      {dialog === 'rename' && <RenameDialog db={db} name={name} onClose={() => setDialog(null)} />}
      {dialog === 'ttl' && facts !== null && <TtlDialog db={db} name={name} ttl={facts.ttl} onClose={() => setDialog(null)} onChanged={load} />}
    </div>
  );
}

function Countdown({ ttl, at, onEnd }: { readonly ttl: number | null; readonly at: number; readonly onEnd: () => void }): JSX.Element {
  useSeconds(ttl !== null);
  const left = ttl === null ? null : ttl - (performance.now() - at);
  const ended = left !== null && left <= 0;
  useEffect(() => {
    if (ended) {
      onEnd();
    }
  }, [ended]);
  return left === null ? <>none, it stays</> : <>{span(left < 1000 ? left : Math.ceil(left / 1000) * 1000)}</>;
}

interface KeyDialogProps {
  readonly db: number;
  readonly name: Bytes;
  readonly onClose: () => void;
}

function RenameDialog({ db, name, onClose }: KeyDialogProps): JSX.Element {
  const [draft, setDraft] = useState(() => draftOf(name));
  return (
    <FormDialog
      title="Rename the key"
      action="Rename"
      disabled={problemOf(draft) !== null}
      onClose={onClose}
      onSubmit={async () => {
        const next = bytesOf(draft);
        if (!await renameKey(db, name, next)) {
          throw new Error('There is a key of this name.');
        }

        onClose();
        say('The key is renamed.');
        replaceWith({ page: 'keys', key: next });
        await reload(db);
      }}
    >
      <BytesField label="New name" draft={draft} onChange={setDraft} rows={2} first />
    </FormDialog>
  );
}

function TtlDialog({ db, name, ttl, onClose, onChanged }: KeyDialogProps & { readonly ttl: number | null; readonly onChanged: () => Promise<void> }): JSX.Element {
  const [draft, setDraft] = useState(() => ttlDraftOf(ttl));
  const wanted = ttlOf(draft);
  return (
    <FormDialog
      title="Time to live"
      action={wanted === null ? 'Keep for good' : 'Set'}
      disabled={Number.isNaN(wanted ?? 0)}
      onClose={onClose}
      onSubmit={async () => {
        await setTtl(db, name, wanted);
        onClose();
        say(wanted === null ? 'The key stays.' : 'The time to live is set.');
        await onChanged();
      }}
    >
      <TtlFields draft={draft} onChange={setDraft} first hint="none" />
      <p class="hint">The key is deleted when this time has passed. Leave the field empty to keep the key for good.</p>
    </FormDialog>
  );
}
