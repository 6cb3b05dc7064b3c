import type { JSX } from 'preact';
import { byteSize, count, micros, short, span } from '../api/format';
import { reachable } from '../api/http';
import { stats, statsError } from '../state/live';
import { Chart, type Line } from '../ui/chart';
import { Problem } from '../ui/parts';

const ops: readonly Line[] = [{ label: 'per second', read: ({ commands }) => commands?.opsPerSecond, colour: 1, fill: true }];
const latency: readonly Line[] = [
  { label: 'p50', read: ({ commands }) => commands?.latencyMicros?.p50, colour: 1 },
  { label: 'p99', read: ({ commands }) => commands?.latencyMicros?.p99, colour: 2 },
  { label: 'p99.9', read: ({ commands }) => commands?.latencyMicros?.p999, colour: 3 },
];
const fsync: readonly Line[] = [
  { label: 'p50', read: ({ durability }) => durability?.fsync?.micros?.p50, colour: 1 },
  { label: 'p99', read: ({ durability }) => durability?.fsync?.micros?.p99, colour: 2 },
];
const batches: readonly Line[] = [
  { label: 'p50', read: ({ durability }) => durability?.batch?.records?.p50, colour: 1 },
  { label: 'p99', read: ({ durability }) => durability?.batch?.records?.p99, colour: 2 },
];
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
        <Tile name="Clients" value={number(now?.clients?.connected, count)} note={`${number(now?.clients?.blocked, count)} waiting in a blocking command`} />
        <Tile name="Hit rate" value={lookups === 0 ? '–' : `${((100 * (now?.hits ?? 0)) / lookups).toFixed(1)} %`} note={`${short(lookups)} look-ups`} />
        <Tile name="Running for" value={number(now?.server?.uptimeSeconds, (seconds) => span(seconds * 1000))} note={`${number(now?.commands?.errors, count)} errors answered`} />
      </dl>
      <div class="charts">
        <Chart title="Commands" lines={ops} format={short} />
        <Chart title="Latency" note="of commands" lines={latency} format={micros} />
        <Chart title="fsync" note="of the log" lines={fsync} format={micros} />
        <Chart title="Batch" note="records per fsync" lines={batches} format={short} />
        <Chart title="Memory" lines={memory} format={byteSize} />
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
