import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Bytes } from '../../api/bytes';
import { parseLine } from '../../api/command-line';
import { count } from '../../api/format';
import { errorText, run } from '../../api/http';
import { listKeys } from '../../api/keys';
import { addRun, docs, draft, history, loadDocs, remember, runs, type Run } from '../../state/commands';
import { place } from '../../state/router';
import { onShortcut } from '../../state/shortcuts';
import { askFirst } from '../../ui/dialog';
import { Empty } from '../../ui/parts';
import { complete, hintOf, keySuggestion, type Completion, type Suggestion } from './completion';
import { ReplyView } from './reply-view';

const keySuggestions = 8;
const askMillis = 120;

/** What takes away more than a person can see on the page. */
const askedFirst = /^\s*(flushall|flushdb|shutdown|debug|swapdb)\b/i;

export function CommandPage(): JSX.Element {
  const { db } = place.value;
  const output = useRef<HTMLDivElement>(null);
  useEffect(() => void loadDocs(db).catch(() => undefined), []);
  useLayoutEffect(() => output.current?.scrollTo({ top: output.current.scrollHeight }), [runs.value]);
  return (
    <div class="command">
      <h1 class="visually-hidden">Command</h1>
      <div class="runs" ref={output} role="log" aria-label="Replies" tabIndex={0}>
        {runs.value.length === 0 && <Start />}
        {runs.value.map((entry) => <RunView key={entry.id} entry={entry} />)}
      </div>
      <CommandForm db={db} />
    </div>
  );
}

function Start(): JSX.Element {
  return (
    <Empty title="Run any command">
      <p>It is written as in redis-cli: blanks between arguments, quotes where they are needed, <code>"\xff"</code> for bytes.</p>
      <div class="examples">
        {['SET greeting "hello world" EX 3600', 'KEYRANGE [user: (user; LIMIT 10', 'INFO persistence', 'COMMAND DOCS zrange'].map((line) => (
          <button key={line} type="button" class="mono" onClick={() => setLine(line)}>{line}</button>
        ))}
      </div>
    </Empty>
  );
}

function setLine(line: string): void {
  draft.value = line;
  document.getElementById('command-line')?.focus();
}

function RunView({ entry }: { readonly entry: Run }): JSX.Element {
  return (
    <article class="run">
      <header class="run-head">
        <span class="prompt" aria-hidden="true">{entry.db}›</span>
        <button type="button" class="run-line" title="Write it again" onClick={() => setLine(entry.line)}>{entry.line}</button>
        {entry.result && (
          <span class="run-figures">
            {entry.result.lsn !== null && <span title="The log position of this write">LSN {count(Number(entry.result.lsn))}</span>}
            <span title="From the page to the server and back">{entry.result.millis.toFixed(1)} ms</span>
          </span>
        )}
      </header>
      <div class="run-reply">
        {entry.error !== null ? <span class="reply-error">{entry.error}</span> : <ReplyView reply={entry.result!.reply} />}
      </div>
    </article>
  );
}

async function execute(db: number, line: string, args: readonly Bytes[]): Promise<void> {
  try {
    addRun({ line, db, result: await run(db, args), error: null });
  } catch (error) {
    addRun({ line, db, result: null, error: errorText(error) });
  }
}

function CommandForm({ db }: { readonly db: number }): JSX.Element {
  const field = useRef<HTMLInputElement>(null);
  const [closed, setClosed] = useState(true);
  const [chosen, setChosen] = useState(0);
  const [keys, setKeys] = useState<readonly Suggestion[]>([]);
  const [back, setBack] = useState(0);
  const [busy, setBusy] = useState(false);
  const line = draft.value;
  const completion: Completion = useMemo(() => complete(docs.value, line), [docs.value, line]);
  const hint = useMemo(() => hintOf(docs.value, line), [docs.value, line]);
  const parsed = useMemo(() => parseLine(line), [line]);
  const suggestions = closed ? [] : completion.keyPrefix === null ? completion.suggestions : keys;

  useEffect(() => onShortcut('/', () => field.current?.focus()), []);
  useEffect(() => {
    setKeys([]);
    setChosen(0);
    const asked = completion.keyPrefix;
    if (asked === null || closed || typeof asked !== 'string') {
      return undefined;
    }

    const abort = new AbortController();
    const timer = setTimeout(() => {
      listKeys(db, asked, false, null, keySuggestions, abort.signal).then(
        ({ items }) => setKeys(items.map((item) => keySuggestion(item.key, item.type))),
        () => undefined);
    }, askMillis);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [completion, closed, db]);
  useLayoutEffect(() => document.getElementById(`suggestion-${chosen}`)?.scrollIntoView({ block: 'nearest' }), [chosen]);

  const write = (next: string, open: boolean): void => {
    draft.value = next;
    setClosed(!open);
    setBack(0);
  };
  const accept = (suggestion: Suggestion): void => {
    write(line.slice(0, completion.from) + suggestion.insert, true);
    field.current?.focus();
  };
  const submit = (): void => {
    if (busy || parsed.error !== null || parsed.words.length === 0) {
      return;
    }

    const go = async (): Promise<void> => {
      setBusy(true);
      const sent = line.trim();
      remember(sent);
      write('', false);
      await execute(db, sent, parsed.words.map(({ value }) => value));
      setBusy(false);
    };
    if (askedFirst.test(line)) {
      askFirst({ title: 'Run this command?', text: <p class="quoted mono">{line.trim()}</p>, action: 'Run', run: go });
    } else {
      void go();
    }
  };
  const recall = (step: number): void => {
    const next = Math.max(0, Math.min(history.value.length, back + step));
    draft.value = next === 0 ? '' : history.value[history.value.length - next]!;
    setClosed(true);
    setBack(next);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const open = suggestions.length > 0;
    if (event.key === 'Escape' && open) {
      event.preventDefault();
      setClosed(true);
    } else if (event.key === 'Tab' && open && !event.shiftKey) {
      event.preventDefault();
      accept(suggestions[chosen] ?? suggestions[0]!);
    } else if (event.key === ' ' && event.ctrlKey) {
      event.preventDefault();
      setClosed(false);
    } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      const down = event.key === 'ArrowDown';
      if (open) {
        setChosen((chosen + (down ? 1 : suggestions.length - 1)) % suggestions.length);
      } else {
        recall(down ? -1 : 1);
      }
    }
  };

  return (
    <form
      class="command-form"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <ul id="suggestions" class="suggestions" role="listbox" aria-label="Completions" hidden={suggestions.length === 0}>
        {suggestions.map((suggestion, at) => (
          <li
            key={suggestion.label}
            id={`suggestion-${at}`}
            role="option"
            aria-selected={at === chosen}
            onMouseDown={(event) => {
              // Before the field loses the focus.
              event.preventDefault();
              accept(suggestion);
            }}
          >
            <span class="mono">{suggestion.label}</span>
            <span class="faint">{suggestion.note}</span>
          </li>
        ))}
      </ul>
      <p class="syntax" aria-live="polite" id="command-syntax">
        {parsed.error !== null && !closed ? <span class="faint">{parsed.error}</span> : hint && (
          <>
            <b>{hint.doc.name}</b>{' '}
            {hint.rest.map((text, at) => <span key={at} class={at < hint.given ? 'given' : at === hint.given ? 'now' : undefined}>{text} </span>)}
            <span class="faint summary">{hint.doc.summary}</span>
          </>
        )}
      </p>
      <div class="command-row">
        <span class="prompt" aria-hidden="true">{db}›</span>
        <label class="visually-hidden" for="command-line">Command</label>
        <input
          ref={field}
          id="command-line"
          data-autofocus=""
          class="mono grow"
          role="combobox"
          aria-expanded={suggestions.length > 0}
          aria-controls="suggestions"
          aria-autocomplete="list"
          aria-activedescendant={suggestions.length > 0 ? `suggestion-${chosen}` : undefined}
          aria-describedby="command-syntax"
          placeholder="GET user:1"
          value={line}
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
          enterkeyhint="send"
          onInput={(event) => write(event.currentTarget.value, event.currentTarget.value !== '')}
          onKeyDown={onKeyDown}
          onBlur={() => setClosed(true)}
        />
        <button type="submit" class="primary" disabled={busy || parsed.error !== null || parsed.words.length === 0}>Run</button>
      </div>
      <p class="hint wide-only"><kbd>Tab</kbd> completes · <kbd>↑</kbd> <kbd>↓</kbd> choose or go through what was run · <kbd>Enter</kbd> runs</p>
    </form>
  );
}
