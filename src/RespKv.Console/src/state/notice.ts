import { signal } from '@preact/signals';
import { errorText } from '../api/http';

/** A line at the bottom of the page, read out by screen readers. */
export interface Notice {
  readonly id: number;
  readonly text: string;
  readonly bad: boolean;
}

export const notices = signal<readonly Notice[]>([]);

const noticesMax = 4;
let nextId = 1;

export function say(text: string, bad = false): void {
  const id = nextId++;
  notices.value = [...notices.value, { id, text, bad }].slice(-noticesMax);
  setTimeout(() => dismiss(id), bad ? 12_000 : 5000);
}

export function sayError(error: unknown): void {
  if (!(error instanceof DOMException && error.name === 'AbortError')) {
    say(errorText(error), true);
  }
}

export function dismiss(id: number): void {
  notices.value = notices.value.filter((notice) => notice.id !== id);
}
