import { display, fromArray, toArray, type Bytes } from '../../api/bytes';
import { parseLine, quoteWord, type ParsedLine } from '../../api/command-line';
import { findDoc, syntaxOf, takesKey, tokensOf, type CommandDoc } from '../../api/docs';

/** One thing that may stand where the cursor is. */
export interface Suggestion {
  /** What is put into the line. */
  readonly insert: string;
  readonly label: string;
  readonly note: string;
}

export interface Completion {
  /** The part of the line that a suggestion replaces. */
  readonly from: number;
  readonly to: number;
  readonly suggestions: readonly Suggestion[];
  /** What the word begins with, when it is the place of a key. */
  readonly keyPrefix: Bytes | null;
}

const suggestionsMax = 60;

/** What may come at the end of a line. Keys are asked of the server by who calls this. */
export function complete(docs: readonly CommandDoc[], line: string): Completion {
  const parsed = parseLine(line);
  const at = parsed.open ? parsed.words.length : parsed.words.length - 1;
  const word = parsed.open ? null : parsed.words[at]!;
  const from = word?.start ?? line.length;
  const typed = word ? textOf(word.value) : '';
  const empty: Completion = { from, to: line.length, suggestions: [], keyPrefix: null };

  const before = parsed.words.slice(0, at).map(({ value }) => textOf(value));
  if (at <= 1) {
    const asked = [...before, typed].join(' ').toUpperCase();
    const names = docs.filter(({ name, container }) => name.startsWith(asked) && (at === 1 ? name.includes(' ') : !name.includes(' ') || (asked !== '' && container)));
    if (at === 0 || names.length > 0) {
      return { ...empty, from: 0, suggestions: names.slice(0, suggestionsMax).map((doc) => ({ insert: `${doc.name} `, label: doc.name, note: doc.summary })) };
    }
  }

  const doc = findDoc(docs, before);
  if (!doc) {
    return empty;
  }

  const place = at - doc.name.split(' ').length;
  if (takesKey(doc, place)) {
    return { ...empty, keyPrefix: word?.value ?? '' };
  }

  const upper = typed.toUpperCase();
  const used = new Set(before.map((text) => text.toUpperCase()));
  const tokens = tokensOf(doc).filter((token) => token.startsWith(upper) && token !== upper && !used.has(token));
  return upper === '' || tokens.length === 0
    ? { ...empty, suggestions: tokens.slice(0, suggestionsMax).map((token) => ({ insert: `${token} `, label: token, note: '' })) }
    : { ...empty, suggestions: tokens.map((token) => ({ insert: `${token} `, label: token, note: '' })) };
}

export function keySuggestion(key: Bytes, type: string): Suggestion {
  return { insert: `${quoteWord(key)} `, label: display(key, 80), note: type };
}

/** The command being written and its syntax, with what has been given already taken off where that is certain. */
export function hintOf(docs: readonly CommandDoc[], line: string): { readonly doc: CommandDoc; readonly rest: readonly string[]; readonly given: number } | null {
  const parsed: ParsedLine = parseLine(line);
  const words = parsed.words.map(({ value }) => textOf(value));
  const doc = findDoc(docs, words);
  if (!doc) {
    return null;
  }

  const complete = parsed.open ? words.length : words.length - 1;
  const given = Math.max(0, complete - doc.name.split(' ').length);
  let left = given;
  let at = 0;
  // Only a run of single required arguments can be counted off without doubt.
  while (at < doc.arguments.length && left > 0) {
    const argument = doc.arguments[at]!;
    if (argument.optional || argument.multiple || argument.token !== null || argument.type === 'oneof' || argument.type === 'block') {
      break;
    }

    at++;
    left--;
  }

  return { doc, rest: doc.arguments.map(syntaxOf), given: at };
}

function textOf(value: Bytes): string {
  return typeof value === 'string' ? value : display(fromArray(toArray(value)));
}
