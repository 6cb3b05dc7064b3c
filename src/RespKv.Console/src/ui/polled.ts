import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { errorText } from '../api/http';

export interface Polled<T> {
  readonly value: T | null;
  readonly error: string | null;
  readonly again: () => void;
}

/** Reads at once and then again and again while the page is shown and the tab is in front. */
export function usePolled<T>(read: (signal: AbortSignal) => Promise<T>, everyMillis: number, active = true): Polled<T> {
  const [value, setValue] = useState<T | null>(null);
  const [error, setError] = useState<string | null>(null);
  const latest = useRef(read);
  latest.current = read;
  const [turn, setTurn] = useState(0);
  const again = useCallback(() => setTurn((old) => old + 1), []);
  useEffect(() => {
    const abort = new AbortController();
    let timer = 0;
    const step = async (): Promise<void> => {
      if (!document.hidden) {
        try {
          const found = await latest.current(abort.signal);
          setValue(found);
          setError(null);
        } catch (thrown) {
          if (!abort.signal.aborted) {
            setError(errorText(thrown));
          }
        }
      }

      if (!abort.signal.aborted && active) {
        timer = window.setTimeout(() => void step(), everyMillis);
      }
    };
    void step();
    return () => {
      abort.abort();
      clearTimeout(timer);
    };
  }, [turn, everyMillis, active]);
  return { value, error, again };
}
