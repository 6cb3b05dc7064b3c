// Bytes as the server's JSON writes them: a string when they are UTF-8, otherwise base64 in an object.

export type Bytes = string | { readonly base64: string };

const utf8 = new TextEncoder();
const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export function toArray(bytes: Bytes): Uint8Array {
  return typeof bytes === 'string' ? utf8.encode(bytes) : fromBase64(bytes.base64);
}

export function fromArray(array: Uint8Array): Bytes {
  try {
    return strictUtf8.decode(array);
  } catch {
    return { base64: toBase64(array) };
  }
}

/** A name for maps and comparisons: equal exactly when the bytes are equal. */
export function identity(bytes: Bytes): string {
  return typeof bytes === 'string' ? `s${bytes}` : `b${bytes.base64}`;
}

export function same(a: Bytes, b: Bytes): boolean {
  return identity(a) === identity(b);
}

export function byteLength(bytes: Bytes): number {
  return typeof bytes === 'string' ? utf8.encode(bytes).length : fromBase64(bytes.base64).length;
}

export function isBytes(value: unknown): value is Bytes {
  return typeof value === 'string' || (typeof value === 'object' && value !== null && typeof (value as { base64?: unknown }).base64 === 'string');
}

export function toBase64(array: Uint8Array): string {
  let binary = '';
  for (let at = 0; at < array.length; at += 0x8000) {
    binary += String.fromCharCode(...array.subarray(at, at + 0x8000));
  }

  return btoa(binary);
}

/** Throws a SyntaxError that says what is wrong. Blanks are allowed. */
export function fromBase64(text: string): Uint8Array {
  let binary: string;
  try {
    binary = atob(text.replace(/\s+/g, ''));
  } catch {
    throw new SyntaxError('This is not base64.');
  }

  return Uint8Array.from(binary, (char) => char.charCodeAt(0));
}

/** Hexadecimal in groups of two digits, sixteen bytes a line. */
export function toHex(array: Uint8Array): string {
  const lines: string[] = [];
  for (let at = 0; at < array.length; at += 16) {
    lines.push(Array.from(array.subarray(at, at + 16), (byte) => byte.toString(16).padStart(2, '0')).join(' '));
  }

  return lines.join('\n');
}

/** Throws a SyntaxError that says what is wrong. Blanks are allowed. */
export function fromHex(text: string): Uint8Array {
  const digits = text.replace(/\s+/g, '');
  const wrong = /[^0-9a-fA-F]/.exec(digits);
  if (wrong) {
    throw new SyntaxError(`"${wrong[0]}" is no hexadecimal digit.`);
  }

  if (digits.length % 2 !== 0) {
    throw new SyntaxError('A byte has two hexadecimal digits; the last one is missing.');
  }

  return Uint8Array.from({ length: digits.length / 2 }, (_, at) => parseInt(digits.slice(2 * at, 2 * at + 2), 16));
}

/** One line for a person: control characters and bytes that are no text as \n, \xff. Longer than max is cut. */
export function display(bytes: Bytes, max = 2000): string {
  if (typeof bytes === 'string') {
    const cut = bytes.length > max ? `${bytes.slice(0, max)}…` : bytes;
    return cut.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, escapeChar);
  }

  const array = fromBase64(bytes.base64);
  let text = '';
  for (const byte of array.subarray(0, max)) {
    text += byte === 0x5c ? '\\\\' : byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : escapeCode(byte);
  }

  return array.length > max ? `${text}…` : text;
}

function escapeChar(char: string): string {
  const code = char.charCodeAt(0);
  return code < 0x80 ? escapeCode(code) : `\\u${code.toString(16).padStart(4, '0')}`;
}

function escapeCode(code: number): string {
  switch (code) {
    case 0x0a: return '\\n';
    case 0x0d: return '\\r';
    case 0x09: return '\\t';
    default: return `\\x${code.toString(16).padStart(2, '0')}`;
  }
}

/** Whether a text field would keep every byte: fields turn line ends into \n. */
export function fitsTextField(bytes: Bytes): bytes is string {
  return typeof bytes === 'string' && !/[\r\u0000]/.test(bytes);
}

/** A path segment or query value: every byte percent-encoded that is not unreserved. */
export function percentEncode(bytes: Bytes): string {
  if (typeof bytes === 'string') {
    return encodeURIComponent(bytes);
  }

  return Array.from(toArray(bytes), (byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');
}
