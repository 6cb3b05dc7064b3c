import type { Histogram } from './histogram';
import { request } from './http';

// GET /v1/stats. Every part may be missing: an older server or a user who may not see it.

export interface Percentiles {
  readonly p50?: number;
  readonly p99?: number;
  readonly p999?: number;
  readonly max?: number;
  readonly histogram?: Histogram;
}

export interface Stats {
  readonly server?: { readonly version?: string; readonly pid?: number; readonly uptimeSeconds?: number; readonly state?: string; readonly dir?: string; readonly appendfsync?: string };
  readonly durability?: {
    readonly appendedLsn?: number;
    readonly releasedLsn?: number;
    readonly durableLsn?: number;
    readonly checkpointLsn?: number;
    readonly fsync?: { readonly count?: number; readonly micros?: Percentiles };
    readonly batch?: { readonly count?: number; readonly records?: Percentiles };
    readonly inFlightWrites?: number;
    readonly lastCheckpoint?: Readonly<Record<string, unknown>> | null;
    readonly recovery?: Readonly<Record<string, unknown>> | null;
    readonly disk?: { readonly freeBytes?: number; readonly full?: boolean };
  };
  readonly commands?: { readonly processed?: number; readonly opsPerSecond?: number; readonly errors?: number; readonly latencyMicros?: Percentiles };
  readonly clients?: { readonly connected?: number; readonly blocked?: number; readonly max?: number };
  readonly memory?: { readonly usedBytes?: number; readonly peakBytes?: number; readonly rssBytes?: number; readonly maxBytes?: number };
  readonly keyspace?: readonly { readonly db: number; readonly keys: number; readonly expires: number }[];
  readonly hits?: number;
  readonly misses?: number;
  readonly expired?: number;
  readonly evicted?: number;
}

export async function readStats(): Promise<Stats> {
  const response = await request('v1/stats');
  return await response.json() as Stats;
}
