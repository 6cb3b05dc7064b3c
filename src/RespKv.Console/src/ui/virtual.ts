import { elementScroll, observeElementOffset, observeElementRect, Virtualizer } from '@tanstack/virtual-core';
import type { RefObject } from 'preact';
import { useLayoutEffect, useReducer, useState } from 'preact/hooks';

/** As --row in the style sheets: fingers need more room than a pointer. */
const narrow = window.matchMedia('(max-width: 760px)');

export function rowPixels(): number {
  return narrow.matches ? 42 : 32;
}

/** Rows of one height, of which only those in view are made. */
export function useVirtualRows(scroll: RefObject<HTMLElement | null>, count: number): Virtualizer<HTMLElement, HTMLElement> {
  const [, draw] = useReducer((turn: number) => turn + 1, 0);
  const options = {
    count,
    getScrollElement: () => scroll.current,
    estimateSize: rowPixels,
    observeElementRect,
    observeElementOffset,
    scrollToFn: elementScroll,
    overscan: 12,
    onChange: () => draw(undefined),
  };
  const [virtualizer] = useState(() => new Virtualizer<HTMLElement, HTMLElement>(options));
  virtualizer.setOptions(options);
  useLayoutEffect(() => virtualizer._didMount(), []);
  useLayoutEffect(() => {
    const changed = (): void => virtualizer.measure();
    narrow.addEventListener('change', changed);
    return () => narrow.removeEventListener('change', changed);
  }, []);
  useLayoutEffect(() => virtualizer._willUpdate());
  return virtualizer;
}
