import { fromArray, type Bytes } from './bytes';

// A line as redis-cli reads it: blanks between arguments, "..." with \n \r \t \b \a \\ \" \xHH, '...' with \'.

export interface Word {
  readonly value: Bytes;
  /** Where the word's text stands in the line; end is exclusive. */
  readonly start: number;
  readonly end: number;
}

export interface ParsedLine {
  readonly words: readonly Word[];
  /** What is wrong with the line, or null. The words before the error are there. */
  readonly error: string | null;
  /** Whether the line ends behind a word and a blank, so that the next word begins. */
  readonly open: boolean;
}

const utf8 = new TextEncoder();

export function parseLine(line: string): ParsedLine {
  const words: Word[] = [];
  let at = 0;
  while (true) {
    while (at < line.length && isBlank(line[at]!)) {
      at++;
    }

    if (at >= line.length) {
      return { words, error: null, open: line.length === 0 || isBlank(line[line.length - 1]!) };
    }

    const start = at;
    const bytes: number[] = [];
    let error: string | null = null;
    [at, error] = readWord(line, at, bytes);
    words.push({ value: fromArray(Uint8Array.from(bytes)), start, end: at });
    if (error) {
      return { words, error, open: false };
    }
  }
}

function readWord(line: string, start: number, bytes: number[]): [number, string | null] {
  let at = start;
  while (at < line.length && !isBlank(line[at]!)) {
    const char = line[at]!;
    if (char === '"' || char === "'") {
      const [end, closed] = char === '"' ? readDouble(line, at + 1, bytes) : readSingle(line, at + 1, bytes);
      if (!closed) {
        return [end, 'A quote is not closed.'];
      }

      if (end < line.length && !isBlank(line[end]!)) {
        return [end, 'A blank has to follow a closing quote.'];
      }

      return [end, null];
    }

    at = pushChar(line, at, bytes);
  }

  return [at, null];
}

function readDouble(line: string, start: number, bytes: number[]): [number, boolean] {
  let at = start;
  while (at < line.length) {
    const char = line[at]!;
    if (char === '"') {
      return [at + 1, true];
    }

    if (char === '\\' && at + 1 < line.length) {
      const hex = /^x([0-9a-fA-F]{2})/.exec(line.slice(at + 1, at + 4));
      if (hex) {
        bytes.push(parseInt(hex[1]!, 16));
        at += 4;
        continue;
      }

      const escaped = { n: 10, r: 13, t: 9, b: 8, a: 7 }[line[at + 1]!];
      if (escaped !== undefined) {
        bytes.push(escaped);
        at += 2;
      } else {
        at = pushChar(line, at + 1, bytes);
      }

      continue;
    }

    at = pushChar(line, at, bytes);
  }

  return [at, false];
}

function readSingle(line: string, start: number, bytes: number[]): [number, boolean] {
  let at = start;
  while (at < line.length) {
    if (line[at] === "'") {
      return [at + 1, true];
    }

    at = pushChar(line, line[at] === '\\' && line[at + 1] === "'" ? at + 1 : at, bytes);
  }

  return [at, false];
}

function pushChar(line: string, at: number, bytes: number[]): number {
  const char = String.fromCodePoint(line.codePointAt(at)!);
  bytes.push(...utf8.encode(char));
  return at + char.length;
}

function isBlank(char: string): boolean {
  return char === ' ' || char === '\t' || char === '\n' || char === '\r';
}

/** The word as parseLine would read it back: quoted only where it has to be. */
export function quoteWord(value: Bytes): string {
  if (typeof value === 'string') {
    if (value !== '' && !/[\s"'\\\u0000-\u001f\u007f]/.test(value)) {
      return value;
    }

    return `"${value.replace(/["\\]/g, '\\$&').replace(/[\u0000-\u001f\u007f]/g, escape)}"`;
  }

  const binary = atob(value.base64);
  return `"${binary.replace(/["\\]/g, '\\$&').replace(/[^\x20-\x7e]/g, escape)}"`;
}

function escape(char: string): string {
  const named: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };
  return named[char] ?? `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`;
}
