import type { JSX } from 'preact';
import { useId } from 'preact/hooks';

const units = [['seconds', 1000], ['minutes', 60_000], ['hours', 3_600_000], ['days', 86_400_000], ['milliseconds', 1]] as const;

export interface TtlDraft {
  readonly amount: string;
  readonly unit: (typeof units)[number][0];
}

/** The largest unit that divides it, so that 60,000 is read as a minute. */
export function ttlDraftOf(milliseconds: number | null): TtlDraft {
  if (milliseconds === null) {
    return { amount: '', unit: 'seconds' };
  }

  const [unit, size] = (['days', 'hours', 'minutes', 'seconds'] as const)
    .map((name) => units.find(([of]) => of === name)!)
    .find(([, millis]) => milliseconds >= millis && milliseconds % millis === 0) ?? units[0];
  return { amount: String(Math.max(1, Math.round(milliseconds / size))), unit };
}

/** Milliseconds; null when the field is empty; NaN when it is no whole number above zero. */
export function ttlOf({ amount, unit }: TtlDraft): number | null {
  const text = amount.trim();
  if (text === '') {
    return null;
  }

  return /^\d{1,12}$/.test(text) && Number(text) > 0 ? Number(text) * units.find(([name]) => name === unit)![1] : Number.NaN;
}

export function TtlFields({ draft, onChange, first, hint }: { readonly draft: TtlDraft; readonly onChange: (draft: TtlDraft) => void; readonly first?: boolean; readonly hint: string }): JSX.Element {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>Time to live</label>
      <div class="row">
        <input
          id={id}
          class="grow"
          inputMode="numeric"
          autocomplete="off"
          placeholder={hint}
          value={draft.amount}
          data-first={first ? '' : undefined}
          aria-invalid={Number.isNaN(ttlOf(draft) ?? 0)}
          onInput={(event) => onChange({ ...draft, amount: event.currentTarget.value })}
        />
        <select aria-label="Unit of the time to live" value={draft.unit} onChange={(event) => onChange({ ...draft, unit: event.currentTarget.value as TtlDraft['unit'] })}>
          {units.map(([name]) => <option key={name} value={name}>{name}</option>)}
        </select>
      </div>
      {Number.isNaN(ttlOf(draft) ?? 0) && <p class="field-problem">A whole number above zero.</p>}
    </div>
  );
}
