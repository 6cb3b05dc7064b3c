/** What the server counted since its start: how many values lie below each of the ascending ends. */
export interface Histogram {
  readonly count: number;
  readonly ends: readonly number[];
  readonly below: readonly number[];
}

/**
 * The quantile of the values that came between two copies of a histogram, interpolated within its bucket; undefined when none came.
 * Without an older copy, or with one of a server that has been started again since, all values count.
 */
export function quantileBetween(before: Histogram | undefined, now: Histogram | undefined, quantile: number): number | undefined {
  if (now === undefined) {
    return undefined;
  }

  const usable = before !== undefined && before.count <= now.count && before.ends.length === now.ends.length ? before : undefined;
  const count = now.count - (usable?.count ?? 0);
  if (count <= 0) {
    return undefined;
  }

  const rank = quantile * count;
  let under = 0;
  let start = 0;
  for (const [at, end] of now.ends.entries()) {
    const below = now.below[at]! - (usable?.below[at] ?? 0);
    if (below >= rank) {
      return below === under ? end : start + ((end - start) * (rank - under)) / (below - under);
    }

    under = below;
    start = end;
  }

  return now.ends.at(-1);
}
