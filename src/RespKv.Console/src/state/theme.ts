import { effect, signal } from '@preact/signals';

export type Choice = 'system' | 'light' | 'dark';

const storageName = 'respkv-theme';
const dark = window.matchMedia('(prefers-color-scheme: dark)');
const kept = localStorage.getItem(storageName);

export const choice = signal<Choice>(kept === 'light' || kept === 'dark' ? kept : 'system');
const systemDark = signal(dark.matches);
dark.addEventListener('change', ({ matches }) => {
  systemDark.value = matches;
});

/** What is shown now; charts read their colours again when it changes. */
export const shown = signal<'light' | 'dark'>('light');

effect(() => {
  const now = choice.value === 'system' ? (systemDark.value ? 'dark' : 'light') : choice.value;
  document.documentElement.dataset['theme'] = now;
  shown.value = now;
});

export function setTheme(next: Choice): void {
  choice.value = next;
  if (next === 'system') {
    localStorage.removeItem(storageName);
  } else {
    localStorage.setItem(storageName, next);
  }
}
