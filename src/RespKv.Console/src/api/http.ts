import { signal } from '@preact/signals';
import type { Bytes } from './bytes';

// The one way to the server. Credentials live in this module and, when asked for, in this tab's sessionStorage.

export type Reply = string | number | boolean | null | { readonly base64: string } | { readonly error: string } | { readonly map: readonly (readonly [Reply, Reply])[] } | readonly Reply[] | { readonly [key: string]: Reply };

/** The server's own answer that a request failed. */
export class ServerError extends Error {
  constructor(readonly status: number, readonly code: string | null, detail: string) {
    super(detail);
    this.name = 'ServerError';
  }
}

/** No answer at all: the server is down, or the network. */
export class UnreachableError extends Error {
  constructor() {
    super('The server does not answer.');
    this.name = 'UnreachableError';
  }
}

export interface Credentials {
  readonly user: string;
  readonly password: string;
}

const storageName = 'respkv-credentials';
const requestMillisMax = 30_000;

/** What the next requests log in with. */
export const credentials = signal<Credentials | null>(stored());

/** The server's text when it asked for a login, otherwise null. */
export const loginWanted = signal<string | null>(null);

/** Whether the last request got an answer. */
export const reachable = signal(true);

export function logIn(next: Credentials, keepInTab: boolean): void {
  credentials.value = next;
  loginWanted.value = null;
  if (keepInTab) {
    sessionStorage.setItem(storageName, JSON.stringify(next));
  } else {
    sessionStorage.removeItem(storageName);
  }
}

export function logOut(): void {
  credentials.value = null;
  sessionStorage.removeItem(storageName);
  loginWanted.value = '';
}

function stored(): Credentials | null {
  try {
    const found: unknown = JSON.parse(sessionStorage.getItem(storageName) ?? 'null');
    return typeof found === 'object' && found !== null && 'user' in found && 'password' in found
      ? { user: String(found.user), password: String(found.password) }
      : null;
  } catch {
    return null;
  }
}

export function basicAuthorization({ user, password }: Credentials): string {
  const utf8 = new TextEncoder().encode(`${user}:${password}`);
  return `Basic ${btoa(String.fromCharCode(...utf8))}`;
}

export interface RequestOptions {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: BodyInit;
  readonly signal?: AbortSignal;
  /** Statuses that are an answer and no error. */
  readonly accept?: readonly number[];
  /** Tried instead of the kept credentials; a refusal then does not end the session. */
  readonly as?: Credentials;
}

export async function request(path: string, options: RequestOptions = {}): Promise<Response> {
  const headers = new Headers(options.headers);
  const login = options.as ?? credentials.value;
  if (login) {
    headers.set('Authorization', basicAuthorization(login));
  }

  const timeout = AbortSignal.timeout(requestMillisMax);
  let response: Response;
  try {
    response = await fetch(path, {
      method: options.method ?? 'GET',
      headers,
      body: options.body ?? null,
      signal: options.signal ? AbortSignal.any([options.signal, timeout]) : timeout,
      // The page logs in itself: without this a 401 would open the browser's own dialog.
      credentials: 'omit',
      cache: 'no-store',
      redirect: 'error',
    });
  } catch (error) {
    if (options.signal?.aborted) {
      throw error;
    }

    reachable.value = false;
    throw new UnreachableError();
  }

  reachable.value = true;
  if (response.ok || options.accept?.includes(response.status)) {
    return response;
  }

  const failure = await readProblem(response);
  if (response.status === 401 && !options.as) {
    loginWanted.value = failure.message;
  }

  throw failure;
}

async function readProblem(response: Response): Promise<ServerError> {
  try {
    const problem = await response.json() as { detail?: string; title?: string; code?: string };
    return new ServerError(response.status, problem.code ?? null, problem.detail ?? problem.title ?? `HTTP ${response.status}`);
  } catch {
    return new ServerError(response.status, null, `HTTP ${response.status} ${response.statusText}`.trim());
  }
}

export type Argument = Bytes | number;

export interface CommandResult {
  readonly reply: Reply;
  /** The LSN of the write, or null. */
  readonly lsn: string | null;
  readonly millis: number;
}

/** Runs one command in the given database. */
export async function run(db: number, args: readonly Argument[], options: RequestOptions = {}): Promise<CommandResult> {
  const began = performance.now();
  const response = await post(db, args, options);
  const { reply } = await response.json() as { reply: Reply };
  return { reply, lsn: response.headers.get('RespKv-Lsn'), millis: performance.now() - began };
}

/** Runs commands as one MULTI/EXEC. An error among the replies is thrown. */
export async function runAll(db: number, commands: readonly (readonly Argument[])[], options: RequestOptions = {}): Promise<readonly Reply[]> {
  const response = await post(db, { commands }, options);
  const { replies } = await response.json() as { replies: readonly Reply[] };
  const failed = replies.find(isError);
  if (failed) {
    throw new ServerError(400, failed.error.split(' ')[0] ?? null, failed.error);
  }

  return replies;
}

export function isError(reply: Reply | undefined): reply is { readonly error: string } {
  return typeof reply === 'object' && reply !== null && !Array.isArray(reply) && Object.keys(reply).length === 1 && typeof (reply as { error?: unknown }).error === 'string';
}

function post(db: number, body: unknown, options: RequestOptions): Promise<Response> {
  return request(`v1/command?db=${db}`, {
    ...options,
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
}

/** The text to show for whatever was thrown. */
export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
