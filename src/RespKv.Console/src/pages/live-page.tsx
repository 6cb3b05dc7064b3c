import type { JSX } from 'preact';
import { byteSize, count, micros, plural, short, span } from '../api/format';
import { quantileBetween } from '../api/histogram';
import { reachable } from '../api/http';
import type { Percentiles, Stats } from '../api/stats';
import { stats, statsError } from '../state/live';
import { Chart, type Line } from '../ui/chart';
import { Problem } from '../ui/parts';

const ops: readonly Line[] = [{ label: 'per second', read: ({ commands }) => commands?.opsPerSecond, colour: 1, fill: true }];
/** The quantiles of the last seconds. A bucket may reach beyond the largest value there ever was. */
function quantiles(read: (of: Stats) => Percentiles | undefined): readonly Line[] {
  return ([['p50', 0.5, 1], ['p99', 0.99, 2]] as const).map(([label, quantile, colour]) => ({
    label,
    read: (now, before) => {
      const figures = read(now);
      const found = quantileBetween(before && read(before)?.histogram, figures?.histogram, quantile);
      return found === undefined ? undefined : Math.min(found, figures?.max ?? Infinity);
    },
    colour,
  }));
}

const latency = quantiles(({ commands }) => commands?.latencyMicros);
const fsync = quantiles(({ durability }) => durability?.fsync?.micros);
const batches = quantiles(({ durability }) => durability?.batch?.records);
const memory: readonly Line[] = [
  { label: 'data', read: ({ memory: of }) => of?.usedBytes, colour: 1, fill: true },
  { label: 'process', read: ({ memory: of }) => of?.rssBytes, colour: 2 },
];
const waiting: readonly Line[] = [
  { label: 'in flight', read: ({ durability }) => durability?.inFlightWrites, colour: 1, fill: true },
];

export function LivePage(): JSX.Element {
  const now = stats.value;
  const keys = now?.keyspace?.reduce((sum, row) => sum + row.keys, 0);
  const lookups = (now?.hits ?? 0) + (now?.misses ?? 0);
  return (
    <div class="page">
      <h1 class="page-title">Live</h1>
      {statsError.value !== null && <Problem text={statsError.value} />}
      <dl class="tiles">
        <Tile name="Commands a second" value={reachable.value ? number(now?.commands?.opsPerSecond, short) : '–'} note={`${number(now?.commands?.processed, short)} since the start`} />
        <Tile name="Keys" value={number(keys, short)} note={`${number(now?.keyspace?.reduce((sum, row) => sum + row.expires, 0), short)} will expire`} />
        <Tile name="Memory" value={number(now?.memory?.usedBytes, byteSize)} note={now?.memory?.maxBytes ? `of ${byteSize(now.memory.maxBytes)}` : 'no limit set'} />
        <Tile name="Clients" value={number(now?.clients?.connected, count)} note={`${number(now?.clients?.blocked, count)} blocked`} />
        <Tile name="Hit rate" value={lookups === 0 ? '–' : `${((100 * (now?.hits ?? 0)) / lookups).toFixed(1)} %`} note={`${short(lookups)} look-ups`} />
        <Tile name="Running for" value={number(now?.server?.uptimeSeconds, (seconds) => span(seconds * 1000))} note={number(now?.commands?.errors, (errors) => plural(errors, 'error'))} />
      </dl>
      <div class="charts">
        <Chart title="Commands" lines={ops} format={short} />
        <Chart title="Latency" note="in the engine" lines={latency} format={micros} />
        <Chart title="fsync" note="of the log" lines={fsync} format={micros} />
        <Chart title="Batch" note="records per fsync" lines={batches} format={short} />
        <Chart title="Memory" lines={memory} format={byteSize} binary />
        <Chart title="Writes" note="that wait for the disk" lines={waiting} format={short} />
      </div>
    </div>
  );
}

function Tile({ name, value, note }: { readonly name: string; readonly value: string; readonly note: string }): JSX.Element {
  return (
    <div class="tile">
      <dt>{name}</dt>
      <dd>{value}<span class="tile-note">{note}</span></dd>
    </div>
  );
}

function number(value: number | undefined, format: (value: number) => string): string {
  return value === undefined ? '–' : format(value);
}
