import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { same, toArray, type Bytes } from '../../api/bytes';
import { byteSize } from '../../api/format';
import { errorText, ServerError } from '../../api/http';
import { readStart, readString, writeString, type StringValue } from '../../api/keys';
import { saySaved } from './key-actions';
import { bytesOf, BytesField, draftOf, problemOf, type Draft } from '../../ui/bytes-field';
import { Problem } from '../../ui/parts';

/** A longer string is shown by its start until someone asks for all of it. */
const wholeBytesMax = 256 * 1024;
/** What a page can edit as text without a stall. */
const editBytesMax = 8 * 1024 * 1024;

interface StringEditorProps {
  readonly db: number;
  readonly name: Bytes;
  readonly length: number;
  readonly turn: number;
  readonly onChanged: () => Promise<void>;
}

export function StringEditor({ db, name, length, turn, onChanged }: StringEditorProps): JSX.Element {
  const [whole, setWhole] = useState(length <= wholeBytesMax);
  const [read, setRead] = useState<StringValue | null>(null);
  const [draft, setDraft] = useState<Draft | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [conflict, setConflict] = useState(false);
  const [busy, setBusy] = useState(false);

  const changed = read !== null && draft !== null && (problemOf(draft) !== null || !same(bytesOf(draft), read.value));
  const load = async (): Promise<void> => {
    try {
      const found = whole ? await readString(db, name) : { value: await readStart(db, name, wholeBytesMax), version: null };
      setRead(found);
      setDraft((old) => draftOf(found.value, old !== null && old.form !== 'text' ? old.form : undefined));
      setProblem(null);
      setConflict(false);
    } catch (error) {
      setProblem(errorText(error));
    }
  };
  useEffect(() => void load(), [turn, whole]);

  const save = async (overwrite: boolean): Promise<void> => {
    if (busy || draft === null || read === null || problemOf(draft) !== null) {
      return;
    }

    setBusy(true);
    try {
      await writeString(db, name, toArray(bytesOf(draft)), overwrite ? null : read.version);
      saySaved();
      await onChanged();
    } catch (error) {
      setConflict(error instanceof ServerError && error.status === 412);
      setProblem(errorText(error));
    } finally {
      setBusy(false);
    }
  };

  return (
    <form
      class="string-editor"
      onSubmit={(event) => {
        event.preventDefault();
        void save(false);
      }}
      onKeyDown={(event) => {
        if ((event.ctrlKey || event.metaKey) && (event.key === 's' || event.key === 'Enter')) {
          event.preventDefault();
          void save(false);
        }
      }}
    >
      {draft !== null && <BytesField label="Value" draft={draft} onChange={setDraft} rows={14} large />}
      {!whole && (
        <p class="hint">
          These are the first {byteSize(wholeBytesMax)} of {byteSize(length)}.
          {length <= editBytesMax ? <> <button type="button" onClick={() => setWhole(true)}>Read all of it to edit</button></> : ' It is too large to edit here; SETRANGE and the HTTP API have no such bound.'}
        </p>
      )}
      {problem !== null && !conflict && <Problem text={problem} />}
      {conflict && (
        <div class="problem" role="alert">
          <span>Someone changed this key while you were editing it.</span>
          <button type="button" onClick={() => void onChanged()}>Take theirs</button>
          <button type="button" class="danger-quiet" onClick={() => void save(true)}>Write mine over it</button>
        </div>
      )}
      {whole && draft !== null && (
        <div class="editor-foot">
          <button type="submit" class="primary" disabled={!changed || busy || problemOf(draft) !== null}>Save</button>
          <button type="button" disabled={!changed || busy} onClick={() => setDraft(draftOf(read!.value, draft.form === 'text' ? undefined : draft.form))}>Undo</button>
          <span class="hint grow">{changed ? 'Not saved.' : ''}</span>
          <span class="hint wide-only"><kbd>Ctrl</kbd> <kbd>S</kbd> saves</span>
        </div>
      )}
    </form>
  );
}
