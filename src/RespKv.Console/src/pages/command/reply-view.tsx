import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { display, isBytes, type Bytes } from '../../api/bytes';
import { count } from '../../api/format';
import { isError, type Reply } from '../../api/http';

const rowsFirst = 100;
const rowsMore = 1000;
const textFirst = 4000;

/** A reply as what it is: text in quotes, numbers bare, arrays numbered, maps by name. */
export function ReplyView({ reply }: { readonly reply: Reply }): JSX.Element {
  if (reply === null) {
    return <span class="reply-nil">nil</span>;
  }

  if (typeof reply === 'number') {
    return <span class="reply-number">{String(reply)}</span>;
  }

  if (typeof reply === 'boolean') {
    return <span class="reply-number">{String(reply)}</span>;
  }

  if (isBytes(reply)) {
    return <TextReply value={reply} />;
  }

  if (isError(reply)) {
    return <span class="reply-error">{reply.error}</span>;
  }

  if (Array.isArray(reply)) {
    return <Rows kind="array" rows={(reply as readonly Reply[]).map((value, at) => [`${at + 1}`, value])} />;
  }

  const pairs = 'map' in reply && Array.isArray(reply.map) && Object.keys(reply).length === 1
    ? (reply.map as readonly (readonly [Reply, Reply])[]).map(([name, value]) => [isBytes(name) ? display(name, 200) : JSON.stringify(name), value] as const)
    : Object.entries(reply as Record<string, Reply>);
  return <Rows kind="map" rows={pairs} />;
}

function Rows({ kind, rows }: { readonly kind: 'array' | 'map'; readonly rows: readonly (readonly [string, Reply])[] }): JSX.Element {
  const [limit, setLimit] = useState(rowsFirst);
  if (rows.length === 0) {
    return <span class="reply-nil">{kind === 'array' ? 'empty array' : 'empty map'}</span>;
  }

  return (
    <div class={`reply-rows of-${kind}`}>
      {rows.slice(0, limit).map(([name, value], at) => (
        <div class="reply-row" key={at}>
          <span class="reply-name">{name}</span>
          <div class="reply-value"><ReplyView reply={value} /></div>
        </div>
      ))}
      {rows.length > limit && <button type="button" class="quiet" onClick={() => setLimit(limit + rowsMore)}>{count(rows.length - limit)} more</button>}
    </div>
  );
}

function TextReply({ value }: { readonly value: Bytes }): JSX.Element {
  const [limit, setLimit] = useState(textFirst);
  // Text of several lines, as INFO's, is shown as lines.
  if (typeof value === 'string' && value.includes('\n')) {
    const text = value.replaceAll('\r\n', '\n');
    return (
      <>
        <pre class="reply-text">{text.slice(0, limit)}</pre>
        {text.length > limit && <button type="button" class="quiet" onClick={() => setLimit(Infinity)}>{count(text.length - limit)} more characters</button>}
      </>
    );
  }

  return (
    <>
      <span class={typeof value === 'string' ? 'reply-string' : 'reply-string binary'}>"{display(value, limit)}"</span>
      {(typeof value === 'string' ? value.length : value.base64.length) > limit && <button type="button" class="quiet" onClick={() => setLimit(1_000_000)}>more</button>}
    </>
  );
}
