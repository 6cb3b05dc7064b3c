import type { JSX } from 'preact';
import { useId, useState } from 'preact/hooks';
import { fitsTextField, fromArray, fromBase64, fromHex, toArray, toBase64, toHex, type Bytes } from '../api/bytes';

type Form = 'text' | 'hex' | 'base64';

/** What stands in a field: bytes in one of three forms, or text that is none. */
export interface Draft {
  readonly form: Form;
  readonly text: string;
}

export function draftOf(value: Bytes, form?: Form): Draft {
  const chosen = form ?? (fitsTextField(value) ? 'text' : 'hex');
  switch (chosen) {
    case 'text': return { form: 'text', text: typeof value === 'string' ? value : '' };
    case 'hex': return { form: 'hex', text: toHex(toArray(value)) };
    case 'base64': return { form: 'base64', text: toBase64(toArray(value)) };
  }
}

/** Throws a SyntaxError when the text is not of its form. */
export function bytesOf({ form, text }: Draft): Bytes {
  switch (form) {
    case 'text': return text;
    case 'hex': return fromArray(fromHex(text));
    case 'base64': return fromArray(fromBase64(text));
  }
}

export function problemOf(draft: Draft): string | null {
  try {
    bytesOf(draft);
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

interface BytesFieldProps {
  readonly label: string;
  readonly draft: Draft;
  readonly onChange: (draft: Draft) => void;
  readonly rows?: number;
  readonly first?: boolean;
  readonly large?: boolean;
  readonly id?: string;
  readonly hideLabel?: boolean;
}

/** A field for any bytes. Text keeps line ends as \n, so what holds \r or zero bytes is shown in hex. */
export function BytesField({ label, draft, onChange, rows = 1, first, large, hideLabel }: BytesFieldProps): JSX.Element {
  const id = useId();
  const [refused, setRefused] = useState<string | null>(null);
  const problem = refused ?? problemOf(draft);
  const choose = (form: Form): void => {
    setRefused(null);
    try {
      const value = bytesOf(draft);
      if (form === 'text' && !fitsTextField(value)) {
        setRefused(typeof value === 'string' ? 'It holds carriage returns or zero bytes, which a text field would change.' : 'These bytes are no UTF-8 text.');
        return;
      }

      onChange(draftOf(value, form));
    } catch (error) {
      setRefused((error as Error).message);
    }
  };
  return (
    <div class={large ? 'bytes-field large' : 'bytes-field'}>
      <div class="bytes-field-head">
        <label for={id} class={hideLabel ? 'visually-hidden' : undefined}>{label}</label>
        <div class="segments small" role="group" aria-label={`${label}: written as`}>
          {(['text', 'hex', 'base64'] as const).map((form) => (
            <button key={form} type="button" aria-pressed={draft.form === form} onClick={() => choose(form)}>{form}</button>
          ))}
        </div>
      </div>
      <textarea
        id={id}
        rows={rows}
        value={draft.text}
        data-first={first ? '' : undefined}
        spellcheck={false}
        autocapitalize="off"
        autocomplete="off"
        aria-invalid={problem !== null}
        onInput={(event) => {
          setRefused(null);
          onChange({ form: draft.form, text: event.currentTarget.value });
        }}
      />
      {problem !== null && <p class="field-problem">{problem}</p>}
    </div>
  );
}
