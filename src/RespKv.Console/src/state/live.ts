import { batch, signal } from '@preact/signals';
import { errorText, loginWanted, ServerError, UnreachableError } from '../api/http';
import { readStats, type Stats } from '../api/stats';

// One poll a second for the whole page: the header, the charts and the durability panel read what it found.

/** Ten minutes; what the charts show and the page keeps. */
export const samplesMax = 600;

const intervalMillis = 1000;
/** After a refusal that the next second will not change (no permission, an older server). */
const refusedMillis = 10_000;

export interface Sample {
  /** Unix seconds. */
  readonly time: number;
  /** Null where the server gave no answer. */
  readonly stats: Stats | null;
}

export const stats = signal<Stats | null>(null);
export const statsError = signal<string | null>(null);
/** Grows with every sample; the samples themselves are changed in place. */
export const sampleCount = signal(0);
export const samples: Sample[] = [];

let started = false;

export function startPolling(): void {
  if (!started) {
    started = true;
    void poll();
  }
}

async function poll(): Promise<void> {
  let wait = intervalMillis;
  const began = performance.now();
  if (loginWanted.value === null) {
    try {
      push(await readStats(), null);
    } catch (error) {
      const unreachable = error instanceof UnreachableError;
      push(null, unreachable ? null : errorText(error));
      wait = error instanceof ServerError && error.status !== 503 ? refusedMillis : intervalMillis;
    }
  }

  setTimeout(() => void poll(), Math.max(100, wait - (performance.now() - began)));
}

function push(found: Stats | null, error: string | null): void {
  samples.push({ time: Date.now() / 1000, stats: found });
  if (samples.length > samplesMax) {
    samples.shift();
  }

  batch(() => {
    statsError.value = error;
    sampleCount.value++;
    if (found) {
      stats.value = found;
    }
  });
}

/** Clients, databases and figures of another user are not this one's. */
export function forgetSamples(): void {
  samples.length = 0;
  batch(() => {
    stats.value = null;
    statsError.value = null;
    sampleCount.value++;
  });
}
