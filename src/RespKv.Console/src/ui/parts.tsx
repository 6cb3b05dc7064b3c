import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { display, type Bytes } from '../api/bytes';
import { quoteWord } from '../api/command-line';
import { say } from '../state/notice';
import { CopyIcon } from './icons';

/** Bytes on one line; what is cut or escaped stands in the title. */
export function BytesText({ value, max = 300 }: { readonly value: Bytes; readonly max?: number }): JSX.Element {
  const text = display(value, max);
  return <span class={typeof value === 'string' ? 'bytes' : 'bytes binary'}>{text === '' ? <span class="faint">(empty)</span> : text}</span>;
}

export function TypeBadge({ type }: { readonly type: string }): JSX.Element {
  return <span class={`badge type-${type}`}>{type}</span>;
}

export function Empty({ title, children }: { readonly title: string; readonly children?: ComponentChildren }): JSX.Element {
  return (
    <div class="empty">
      <p class="empty-title">{title}</p>
      {children}
    </div>
  );
}

export function Problem({ text, again }: { readonly text: string; readonly again?: () => void }): JSX.Element {
  return (
    <div class="problem" role="alert">
      <span>{text}</span>
      {again && <button type="button" onClick={again}>Try again</button>}
    </div>
  );
}

export function CopyButton({ value, label }: { readonly value: Bytes; readonly label: string }): JSX.Element {
  return (
    <button
      type="button"
      class="quiet square"
      aria-label={label}
      title={label}
      onClick={() => {
        // Over plain HTTP from another machine a browser has no clipboard for pages.
        if (navigator.clipboard) {
          navigator.clipboard.writeText(typeof value === 'string' ? value : quoteWord(value)).then(() => say('Copied.'), () => say('The browser does not allow copying.', true));
        } else {
          say('The browser allows copying only over HTTPS or from this machine.', true);
        }
      }}
    >
      <CopyIcon />
    </button>
  );
}

/** Draws again every second, for what counts down. */
export function useSeconds(active: boolean): void {
  const [, tick] = useState(0);
  useEffect(() => {
    if (!active) {
      return undefined;
    }

    const timer = setInterval(() => tick((turn) => turn + 1), 1000);
    return () => clearInterval(timer);
  }, [active]);
}

export function Fact({ name, children }: { readonly name: string; readonly children: ComponentChildren }): JSX.Element {
  return (
    <div class="fact">
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
