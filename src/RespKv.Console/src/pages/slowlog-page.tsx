import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { display, type Bytes } from '../api/bytes';
import { quoteWord } from '../api/command-line';
import { clock, count, micros } from '../api/format';
import { run } from '../api/http';
import { asBytes, asList } from '../api/keys';
import { askFirst } from '../ui/dialog';
import { ReloadIcon } from '../ui/icons';
import { Empty, Problem } from '../ui/parts';
import { usePolled } from '../ui/polled';

const entriesShown = 200;
const everyMillis = 3000;

interface Entry {
  readonly id: number;
  readonly unixSeconds: number;
  readonly micros: number;
  readonly args: readonly Bytes[];
  readonly client: string;
  readonly clientName: string;
}

interface SlowLog {
  readonly entries: readonly Entry[];
  /** Microseconds; null when the user may not see the configuration. */
  readonly threshold: number | null;
}

async function readLog(signal: AbortSignal): Promise<SlowLog> {
  const [log, threshold] = await Promise.all([
    run(0, ['SLOWLOG', 'GET', entriesShown], { signal }),
    run(0, ['CONFIG', 'GET', 'slowlog-log-slower-than'], { signal }).then(({ reply }) => Number((reply as Record<string, string>)['slowlog-log-slower-than']), () => null),
  ]);
  const entries = asList(log.reply).map((row): Entry => {
    const [id, at, took, args, client, name] = asList(row);
    return { id: Number(id), unixSeconds: Number(at), micros: Number(took), args: asList(args ?? []).map(asBytes), client: String(client ?? ''), clientName: String(name ?? '') };
  });
  return { entries, threshold };
}

export function SlowLogPage(): JSX.Element {
  const { value: log, error, again } = usePolled(readLog, everyMillis);
  const slowest = Math.max(1, ...(log?.entries ?? []).map((entry) => entry.micros));
  return (
    <div class="page">
      <div class="page-head">
        <h1 class="page-title">Slow log</h1>
        <p class="hint grow">{log && note(log)}</p>
        <button type="button" class="square" aria-label="Reload" title="Reload" onClick={again}><ReloadIcon /></button>
        <button
          type="button"
          class="danger-quiet"
          disabled={!log || log.entries.length === 0}
          onClick={() => askFirst({
            title: 'Clear the slow log?',
            text: <p>Its {count(log!.entries.length)} entries are gone for everyone.</p>,
            action: 'Clear',
            run: async () => {
              await run(0, ['SLOWLOG', 'RESET']);
              again();
              document.querySelector<HTMLElement>('.page')?.focus();
            },
          })}
        >
          Clear
        </button>
      </div>
      {error !== null && <Problem text={error} again={again} />}
      {log && log.entries.length === 0 && <Empty title="Nothing has been slow"><p>{log.threshold !== null && log.threshold >= 0 ? `Commands that take longer than ${micros(log.threshold)} are noted here.` : 'The slow log is switched off (slowlog-log-slower-than).'}</p></Empty>}
      {log && log.entries.length > 0 && (
        <div class="table-wrap">
          <table class="data slow">
            <thead><tr><th scope="col">Took</th><th scope="col">Command</th><th scope="col">When</th><th scope="col">Client</th></tr></thead>
            <tbody>{log.entries.map((entry) => <Row key={entry.id} entry={entry} slowest={slowest} />)}</tbody>
          </table>
        </div>
      )}
    </div>
  );
}

function note({ entries, threshold }: SlowLog): string {
  const rule = threshold === null ? '' : threshold < 0 ? 'Switched off.' : `Commands slower than ${micros(threshold)}.`;
  return entries.length >= entriesShown ? `${rule} The newest ${count(entriesShown)}.` : rule;
}

function Row({ entry, slowest }: { readonly entry: Entry; readonly slowest: number }): JSX.Element {
  const [open, setOpen] = useState(false);
  const line = entry.args.map((arg) => quoteWord(arg)).join(' ');
  return (
    <tr>
      <td class="took">
        <span>{micros(entry.micros)}</span>
        <meter min={0} max={slowest} value={entry.micros} aria-hidden="true" />
      </td>
      <td class="what">
        <button type="button" class={open ? 'line open mono' : 'line mono'} aria-expanded={open} onClick={() => setOpen(!open)}>
          <b>{display(entry.args[0] ?? '', 40).toUpperCase()}</b>{line.slice(line.indexOf(' ') < 0 ? line.length : line.indexOf(' '))}
        </button>
      </td>
      <td class="when">{clock(entry.unixSeconds * 1000, Date.now())}</td>
      <td class="who">{entry.clientName !== '' && <b>{entry.clientName} </b>}<span class="faint">{entry.client}</span></td>
    </tr>
  );
}
