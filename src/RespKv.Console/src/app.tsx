import { signal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { count, short } from './api/format';
import { credentials, loginWanted, logOut, reachable, run } from './api/http';
import { items } from './state/key-list';
import { forgetRuns } from './state/commands';
import { forgetSamples, startPolling, stats } from './state/live';
import { dismiss, notices } from './state/notice';
import { goTo, hrefOf, pages, place, titleOf, type Page } from './state/router';
import { onShortcut } from './state/shortcuts';
import { choice, setTheme, type Choice } from './state/theme';
import { ClientsPage } from './pages/clients-page';
import { CommandPage } from './pages/command/command-page';
import { DurabilityPage } from './pages/durability-page';
import { KeysPage } from './pages/keys/keys-page';
import { LivePage } from './pages/live-page';
import { LoginPage } from './pages/login-page';
import { SlowLogPage } from './pages/slowlog-page';
import { Dialog, QuestionHost } from './ui/dialog';
import { AutoIcon, ClientsIcon, CloseIcon, CommandIcon, DurabilityIcon, HelpIcon, InIcon, KeysIcon, LiveIcon, MoonIcon, OutIcon, SlowIcon, SunIcon, WarnIcon } from './ui/icons';

const icons: Record<Page, () => JSX.Element> = { keys: KeysIcon, command: CommandIcon, live: LiveIcon, durability: DurabilityIcon, slowlog: SlowIcon, clients: ClientsIcon };
const views: Record<Page, () => JSX.Element> = { keys: KeysPage, command: CommandPage, live: LivePage, durability: DurabilityPage, slowlog: SlowLogPage, clients: ClientsPage };

const helpOpen = signal(false);
const databasesUnlessTold = 16;

export function App(): JSX.Element {
  useEffect(startPolling, []);
  if (loginWanted.value !== null) {
    return <LoginPage />;
  }

  return <Shell key={credentials.value?.user ?? ''} />;
}

function Shell(): JSX.Element {
  const { page } = place.value;
  const main = useRef<HTMLElement>(null);
  const first = useRef(true);
  useEffect(() => {
    const off = [
      ...pages.map((name, at) => onShortcut(String(at + 1), () => goTo({ page: name }))),
      onShortcut('?', () => {
        helpOpen.value = true;
      }),
    ];
    return () => off.forEach((each) => each());
  }, []);
  // At once: later it would take the focus from what has been typed into meanwhile.
  useLayoutEffect(() => {
    // A new page gets the focus, so that the keyboard and screen readers go on from there.
    if (!first.current || page === 'command') {
      (main.current?.querySelector<HTMLElement>('[data-autofocus]') ?? main.current)?.focus();
    }

    first.current = false;
  }, [page]);
  const View = views[page];
  return (
    <>
      <a class="skip" href="#main" onClick={(event) => { event.preventDefault(); main.current?.focus(); }}>Skip to the page</a>
      <Header />
      <nav class="nav" aria-label="Pages">
        {pages.map((name, at) => {
          const Icon = icons[name];
          return (
            <a key={name} href={hrefOf({ page: name })} aria-current={name === page ? 'page' : undefined} title={`${titleOf(name)} (${at + 1})`}>
              <Icon />
              <span>{titleOf(name)}</span>
            </a>
          );
        })}
      </nav>
      <main id="main" ref={main} tabIndex={-1} class={`main of-${page}`}>
        <View />
      </main>
      <Notices />
      <QuestionHost />
      {helpOpen.value && <Help />}
    </>
  );
}

function Header(): JSX.Element {
  const { db } = place.value;
  const now = stats.value;
  const databases = useDatabases();
  const sizes = new Map(now?.keyspace?.map((row) => [row.db, row.keys]));
  return (
    <header class="top">
      <a class="brand" href={hrefOf({ page: 'keys' })}><Mark /><span>RespKv</span></a>
      <label class="db">
        <span class="visually-hidden">Database</span>
        <select value={String(db)} onChange={(event) => goTo({ db: Number(event.currentTarget.value), key: null, page: place.value.page })}>
          {Array.from({ length: Math.max(databases, db + 1) }, (_, at) => (
            <option key={at} value={String(at)}>{sizes.get(at) ? `db ${at} · ${short(sizes.get(at)!)}` : `db ${at}`}</option>
          ))}
        </select>
      </label>
      <Pulse />
      <span class="grow" />
      {now?.server?.version !== undefined && <span class="faint wide-only">{location.host} · {now.server.version}</span>}
      <ThemeButton />
      <button type="button" class="quiet square wide-only" aria-label="Keyboard shortcuts" title="Keyboard shortcuts (?)" onClick={() => { helpOpen.value = true; }}><HelpIcon /></button>
      {!credentials.value && (
        <button type="button" class="quiet square" aria-label="Log in as another user" title="Log in as another user" onClick={() => { loginWanted.value = ''; }}><InIcon /></button>
      )}
      {credentials.value && (
        <button
          type="button"
          class="quiet user"
          title={`Log out ${credentials.value.user}`}
          aria-label={`Log out ${credentials.value.user}`}
          onClick={() => {
            forgetRuns();
            forgetSamples();
            items.value = [];
            logOut();
          }}
        >
          <OutIcon /><span class="wide-only">{credentials.value.user}</span>
        </button>
      )}
    </header>
  );
}

/** One line about the server: whether it answers, how busy it is, and whether everything answered is on disk. */
function Pulse(): JSX.Element {
  const now = stats.value;
  const durability = now?.durability;
  const [tone, text] = !reachable.value
    ? ['bad', 'No answer. Trying again…']
    : durability?.disk?.full
      ? ['bad', 'The disk is full: writes are refused']
      : now?.server?.state !== undefined && !['ready', 'running', 'open', 'ok'].includes(now.server.state.toLowerCase())
        ? ['warn', now.server.state]
        : ['good', `${short(now?.commands?.opsPerSecond ?? 0)} ops/s`];
  return (
    <p class={`pulse ${tone}`} role="status">
      {tone === 'good' ? <span class="dot" aria-hidden="true" /> : <WarnIcon />}
      <span class="clip">{text}</span>
      {tone === 'good' && durability?.durableLsn !== undefined && <a class="wide-only faint" href={hrefOf({ page: 'durability' })}>durable to {count(durability.durableLsn)}</a>}
    </p>
  );
}

function useDatabases(): number {
  const [databases, setDatabases] = useState(databasesUnlessTold);
  useEffect(() => {
    run(0, ['CONFIG', 'GET', 'databases']).then(
      ({ reply }) => setDatabases(Number((reply as Record<string, string>)['databases']) || databasesUnlessTold),
      () => undefined);
  }, []);
  return databases;
}

const nextTheme: Record<Choice, Choice> = { system: 'light', light: 'dark', dark: 'system' };
const themeNames: Record<Choice, string> = { system: 'as the system', light: 'light', dark: 'dark' };

function ThemeButton(): JSX.Element {
  const now = choice.value;
  const Icon = now === 'system' ? AutoIcon : now === 'light' ? SunIcon : MoonIcon;
  const label = `Colours: ${themeNames[now]}. Switch to ${themeNames[nextTheme[now]]}`;
  return <button type="button" class="quiet square" aria-label={label} title={label} onClick={() => setTheme(nextTheme[now])}><Icon /></button>;
}

function Notices(): JSX.Element {
  return (
    <div class="notices" role="status" aria-live="polite">
      {notices.value.map((notice) => (
        <div key={notice.id} class={notice.bad ? 'notice bad' : 'notice'}>
          <span>{notice.text}</span>
          <button type="button" class="quiet square" aria-label="Dismiss" onClick={() => dismiss(notice.id)}><CloseIcon /></button>
        </div>
      ))}
    </div>
  );
}

const shortcuts: readonly (readonly [readonly string[], string])[] = [
  [['1', '6'], 'pages, from the first to the last'],
  [['/'], 'to the prefix, or to the command line'],
  [['↓', '↑'], 'through the list; Page Up, Page Down, Home and End too'],
  [['Enter'], 'opens the key'],
  [['n'], 'new key'],
  [['e'], 'time to live of the open key'],
  [['Del'], 'deletes the key of the list, after a question'],
  [['r'], 'reads the list again'],
  [['Esc'], 'closes a dialog or the key'],
  [['Ctrl', 'S'], 'saves a string'],
  [['Ctrl', 'Enter'], 'says yes to a dialog from within a field'],
  [['?'], 'this page'],
];

function Help(): JSX.Element {
  return (
    <Dialog title="Keyboard" onClose={() => { helpOpen.value = false; }}>
      <dl class="shortcuts">
        {shortcuts.map(([keys, text]) => (
          <div key={text}>
            <dt>{keys.map((key, at) => <>{at > 0 && (keys[0] === '1' ? '–' : ' ')}<kbd>{key}</kbd></>)}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}

function Mark(): JSX.Element {
  return (
    <svg viewBox="0 0 32 32" width="22" height="22" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="7" class="mark-ground" />
      <path d="M9 8v16M9 16l9-8M12.500 13.200 19 24" fill="none" stroke="#fff" stroke-width="3" stroke-linecap="round" stroke-linejoin="round" />
      <circle cx="24" cy="9.500" r="2" class="mark-dot" />
    </svg>
  );
}
