// Figures and times for a person. All of it is pure, so that it can be tested without a page.

const grouped = new Intl.NumberFormat('en-US');

export function count(value: number): string {
  return grouped.format(value);
}

/** 1 key, 2,000 keys. */
export function plural(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** Three digits and a letter: 12.3k, 4.56M. Below a thousand the number as it is, with one decimal below ten when it has one. */
export function short(value: number): string {
  const magnitude = Math.abs(value);
  for (const [step, letter] of [[1e9, 'G'], [1e6, 'M'], [1e3, 'k']] as const) {
    if (magnitude >= step) {
      return `${threeDigits(value / step)}${letter}`;
    }
  }

  return Number.isInteger(value) || magnitude >= 10 ? String(Math.round(value)) : value.toFixed(1);
}

export function byteSize(value: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let at = 0;
  let size = value;
  while (Math.abs(size) >= 1024 && at < units.length - 1) {
    size /= 1024;
    at++;
  }

  return `${at === 0 ? String(size) : threeDigits(size)} ${units[at]}`;
}

export function micros(value: number): string {
  if (value < 1000) {
    return `${Math.round(value)} µs`;
  }

  return value < 1_000_000 ? `${threeDigits(value / 1000)} ms` : `${threeDigits(value / 1_000_000)} s`;
}

/** A span in its two largest units: 3 d 4 h, 12 min 5 s, 800 ms. */
export function span(milliseconds: number): string {
  if (milliseconds < 1000) {
    return `${Math.max(0, Math.round(milliseconds))} ms`;
  }

  const seconds = Math.floor(milliseconds / 1000);
  const parts: [number, string][] = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ];
  const first = parts.findIndex(([value]) => value > 0);
  return parts.slice(first, first + 2).filter(([value]) => value > 0).map(([value, unit]) => `${value} ${unit}`).join(' ');
}

/** A time of day with the date when it is not today's, in the reader's time zone. */
export function clock(unixMilliseconds: number, now: number): string {
  const time = new Date(unixMilliseconds);
  const today = new Date(now);
  const pad = (value: number): string => String(value).padStart(2, '0');
  const ofDay = `${pad(time.getHours())}:${pad(time.getMinutes())}:${pad(time.getSeconds())}`;
  return time.toDateString() === today.toDateString()
    ? ofDay
    : `${time.getFullYear()}-${pad(time.getMonth() + 1)}-${pad(time.getDate())} ${ofDay}`;
}

function threeDigits(value: number): string {
  const magnitude = Math.abs(value);
  return value.toFixed(magnitude >= 100 ? 0 : magnitude >= 10 ? 1 : 2).replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, '');
}

/** The answer of INFO as a map. */
export function parseInfo(text: string): Map<string, string> {
  const fields = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    const colon = line.indexOf(':');
    if (colon > 0 && !line.startsWith('#')) {
      fields.set(line.slice(0, colon), line.slice(colon + 1));
    }
  }

  return fields;
}

/** One line of CLIENT LIST as a map: name=value, separated by blanks; a value may be empty. */
export function parseClient(line: string): Map<string, string> {
  return new Map(line.trim().split(' ').map((part) => {
    const equals = part.indexOf('=');
    return equals < 0 ? [part, ''] : [part.slice(0, equals), part.slice(equals + 1)];
  }));
}
