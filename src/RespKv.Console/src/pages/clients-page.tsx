import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { byteSize, count, parseClient, span } from '../api/format';
import { run } from '../api/http';
import { say } from '../state/notice';
import { askFirst } from '../ui/dialog';
import { CloseIcon, ReloadIcon, SearchIcon } from '../ui/icons';
import { Empty, Problem } from '../ui/parts';
import { usePolled } from '../ui/polled';

const everyMillis = 2000;
/** Rows of the table; more clients are found by the filter. */
const rowsMax = 500;

type Client = ReadonlyMap<string, string>;

async function readClients(signal: AbortSignal): Promise<readonly Client[]> {
  const { reply } = await run(0, ['CLIENT', 'LIST'], { signal });
  return String(reply).split('\n').filter((line) => line !== '').map(parseClient);
}

export function ClientsPage(): JSX.Element {
  const { value: clients, error, again } = usePolled(readClients, everyMillis);
  const [filter, setFilter] = useState('');
  const wanted = filter.toLowerCase();
  const rows = (clients ?? []).filter((client) => ['addr', 'name', 'user', 'cmd', 'lib-name'].some((field) => client.get(field)?.toLowerCase().includes(wanted)));
  return (
    <div class="page">
      <div class="page-head">
        <h1 class="page-title">Clients</h1>
        <p class="hint grow" aria-live="polite">{clients && (filter === '' ? `${count(clients.length)} connected` : `${count(rows.length)} of ${count(clients.length)}`)}</p>
        <label class="search">
          <SearchIcon />
          <span class="visually-hidden">Filter by address, name, user or command</span>
          <input type="search" placeholder="Filter" value={filter} autocomplete="off" autocapitalize="off" spellcheck={false} onInput={(event) => setFilter(event.currentTarget.value)} />
        </label>
        <button type="button" class="square" aria-label="Reload" title="Reload" onClick={again}><ReloadIcon /></button>
      </div>
      {error !== null && <Problem text={error} again={again} />}
      {clients && rows.length === 0 && <Empty title="No client is like this" />}
      {rows.length > 0 && (
        <div class="table-wrap">
          <table class="data clients">
            <thead>
              <tr>
                <th scope="col">Client</th><th scope="col">User</th><th scope="col">Last command</th><th scope="col" class="number">Idle</th><th scope="col" class="number">Connected</th>
                <th scope="col" class="number">DB</th><th scope="col" class="number">Memory</th><th scope="col"><span class="visually-hidden">Close</span></th>
              </tr>
            </thead>
            <tbody>{rows.slice(0, rowsMax).map((client) => <Row key={client.get('id')} client={client} again={again} />)}</tbody>
          </table>
          {rows.length > rowsMax && <p class="hint">The first {count(rowsMax)}. The filter finds the others.</p>}
        </div>
      )}
    </div>
  );
}

function Row({ client, again }: { readonly client: Client; readonly again: () => void }): JSX.Element {
  const text = (name: string): string => client.get(name) ?? '';
  const seconds = (name: string): string => (Number(text(name)) === 0 ? 'now' : span(Number(text(name)) * 1000));
  const id = text('id');
  const library = [text('lib-name'), text('lib-ver')].filter((part) => part !== '').join(' ');
  return (
    <tr>
      <td class="who">
        {text('name') !== '' && <b>{text('name')} </b>}
        <span class="mono">{text('addr')}</span>
        {library !== '' && <span class="faint"> {library}</span>}
      </td>
      <td data-name="User">{text('user')}</td>
      <td data-name="Last command" class="mono">{text('cmd').replace('|', ' ')}</td>
      <td data-name="Idle" class="number">{seconds('idle')}</td>
      <td data-name="Connected" class="number">{seconds('age')}</td>
      <td data-name="DB" class="number">{text('db')}</td>
      <td data-name="Memory" class="number">{byteSize(Number(text('tot-mem')))}</td>
      <td class="end">
        <button
          type="button"
          class="quiet square"
          aria-label={`Close the connection of client ${id}`}
          title="Close its connection"
          onClick={() => askFirst({
            title: 'Close this connection?',
            text: <p class="quoted">{text('name') || text('addr')}</p>,
            action: 'Close it',
            run: async () => {
              await run(0, ['CLIENT', 'KILL', 'ID', id]);
              say('The connection is closed.');
              again();
            },
          })}
        >
          <CloseIcon />
        </button>
      </td>
    </tr>
  );
}
