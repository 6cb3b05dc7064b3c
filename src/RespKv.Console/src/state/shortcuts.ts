// Single keys, for what has the focus nowhere in particular. Fields and open dialogs keep their keys.

type Handler = () => void;

const handlers = new Map<string, Handler[]>();

/** Returns what takes it away again; use it as an effect. The newest handler of a key gets it. */
export function onShortcut(key: string, handler: Handler): () => void {
  const list = handlers.get(key) ?? [];
  handlers.set(key, [...list, handler]);
  return () => {
    handlers.set(key, (handlers.get(key) ?? []).filter((other) => other !== handler));
  };
}

window.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || document.querySelector('dialog[open]')) {
    return;
  }

  const target = event.target;
  if (target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) {
    return;
  }

  const handler = handlers.get(event.key)?.at(-1);
  if (handler) {
    event.preventDefault();
    handler();
  }
});
