import { signal } from '@preact/signals';
import { readDocs, type CommandDoc } from '../api/docs';
import { run, type CommandResult } from '../api/http';

// What the command page keeps while other pages are shown.

export interface Run {
  readonly id: number;
  readonly line: string;
  readonly db: number;
  readonly result: CommandResult | null;
  readonly error: string | null;
}

const runsMax = 50;
const historyMax = 200;
const historyName = 'respkv-history';

export const runs = signal<readonly Run[]>([]);
export const history = signal<readonly string[]>(stored());
export const docs = signal<readonly CommandDoc[]>([]);
/** The line being written. */
export const draft = signal('');

let nextId = 1;

export function addRun(entry: Omit<Run, 'id'>): void {
  runs.value = [...runs.value, { ...entry, id: nextId++ }].slice(-runsMax);
}

/** Lines with secrets are not kept. */
export function remember(line: string): void {
  if (/^\s*(auth|hello|acl|config\s+set|migrate)\b/i.test(line)) {
    return;
  }

  history.value = [...history.value.filter((other) => other !== line), line].slice(-historyMax);
  sessionStorage.setItem(historyName, JSON.stringify(history.value));
}

export function forgetRuns(): void {
  runs.value = [];
  history.value = [];
  docs.value = [];
  sessionStorage.removeItem(historyName);
}

function stored(): readonly string[] {
  try {
    const found: unknown = JSON.parse(sessionStorage.getItem(historyName) ?? '[]');
    return Array.isArray(found) ? found.filter((line): line is string => typeof line === 'string').slice(-historyMax) : [];
  } catch {
    return [];
  }
}

/** Once per login. Without the permission for COMMAND DOCS the page works without completion. */
export async function loadDocs(db: number): Promise<void> {
  if (docs.value.length === 0) {
    docs.value = readDocs((await run(db, ['COMMAND', 'DOCS'])).reply);
  }
}
