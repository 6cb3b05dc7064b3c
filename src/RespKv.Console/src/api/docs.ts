import type { Reply } from './http';

// COMMAND DOCS as the command page uses it: syntax, completion, and what comes next.

export interface ArgumentDoc {
  readonly name: string;
  readonly type: string;
  readonly token: string | null;
  readonly optional: boolean;
  readonly multiple: boolean;
  readonly arguments: readonly ArgumentDoc[];
}

export interface CommandDoc {
  /** Upper case, with a blank before a subcommand. */
  readonly name: string;
  readonly summary: string;
  readonly since: string;
  readonly group: string;
  readonly complexity: string;
  readonly arguments: readonly ArgumentDoc[];
  readonly container: boolean;
}

/** All commands and subcommands by name, in the order of names. */
export function readDocs(reply: Reply): CommandDoc[] {
  const docs: CommandDoc[] = [];
  for (const [name, doc] of entries(reply)) {
    pushDoc(docs, name, doc);
  }

  return docs.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function pushDoc(docs: CommandDoc[], name: string, reply: Reply): void {
  const doc = new Map(entries(reply));
  const children = entries(doc.get('subcommands') ?? null);
  docs.push({
    name: name.replace('|', ' ').toUpperCase(),
    summary: text(doc.get('summary')),
    since: text(doc.get('since')),
    group: text(doc.get('group')),
    complexity: text(doc.get('complexity')),
    arguments: readArguments(doc.get('arguments') ?? null),
    container: children.length > 0,
  });
  for (const [child, childDoc] of children) {
    pushDoc(docs, child, childDoc);
  }
}

function readArguments(reply: Reply): ArgumentDoc[] {
  return (Array.isArray(reply) ? reply as readonly Reply[] : []).map((item) => {
    const doc = new Map(entries(item));
    const flags = doc.get('flags');
    const flag = (name: string): boolean => Array.isArray(flags) && flags.includes(name);
    return {
      name: text(doc.get('display_text') ?? doc.get('name')),
      type: text(doc.get('type')),
      token: doc.has('token') ? text(doc.get('token')) : null,
      optional: flag('optional'),
      multiple: flag('multiple'),
      arguments: readArguments(doc.get('arguments') ?? null),
    };
  });
}

function entries(reply: Reply): [string, Reply][] {
  return typeof reply === 'object' && reply !== null && !Array.isArray(reply) ? Object.entries(reply as Record<string, Reply>) : [];
}

function text(reply: Reply | undefined): string {
  return typeof reply === 'string' ? reply : '';
}

/** One argument as redis-cli writes it: key, [EX seconds | PX milliseconds], field value [field value ...]. */
export function syntaxOf(argument: ArgumentDoc): string {
  let inner: string;
  switch (argument.type) {
    case 'oneof':
      inner = argument.arguments.map(syntaxOf).join(' | ');
      break;
    case 'block':
      inner = argument.arguments.map(syntaxOf).join(' ');
      break;
    case 'pure-token':
      inner = argument.token ?? argument.name.toUpperCase();
      break;
    default:
      inner = argument.name;
  }

  if (argument.token !== null && argument.type !== 'pure-token') {
    inner = `${argument.token === '' ? '""' : argument.token} ${inner}`;
  }

  if (argument.multiple) {
    inner = `${inner} [${inner} ...]`;
  }

  if (argument.optional) {
    return `[${inner}]`;
  }

  return argument.type === 'oneof' && argument.token === null ? `<${inner}>` : inner;
}

/** The command that the words name: the longest match, so CONFIG GET and not CONFIG. */
export function findDoc(docs: readonly CommandDoc[], words: readonly string[]): CommandDoc | null {
  const one = (words[0] ?? '').toUpperCase();
  const two = `${one} ${(words[1] ?? '').toUpperCase()}`;
  return docs.find(({ name }) => name === two) ?? docs.find(({ name }) => name === one) ?? null;
}

/** All fixed words of a command, such as NX or WITHSCORES. */
export function tokensOf(doc: CommandDoc): string[] {
  const tokens = new Set<string>();
  const visit = (argument: ArgumentDoc): void => {
    if (argument.token) {
      tokens.add(argument.token);
    }

    argument.arguments.forEach(visit);
  };
  doc.arguments.forEach(visit);
  return [...tokens];
}

/** Whether the word at this place (0 is the first behind the command's name) may be a key. Only required arguments before it are counted. */
export function takesKey(doc: CommandDoc, place: number): boolean {
  let at = 0;
  for (const argument of doc.arguments) {
    if (argument.optional && argument.type !== 'key') {
      return false;
    }

    if (argument.type === 'key' && (at === place || (argument.multiple && place >= at))) {
      return true;
    }

    if (argument.type === 'block') {
      const size = argument.arguments.length;
      const within = argument.multiple && place >= at ? (place - at) % size : place - at;
      return argument.arguments[within]?.type === 'key';
    }

    if (argument.multiple) {
      return false;
    }

    at += argument.token !== null && argument.type !== 'pure-token' ? 2 : 1;
  }

  return false;
}
