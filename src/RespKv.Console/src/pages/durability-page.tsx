import type { ComponentChildren, JSX } from 'preact';
import { byteSize, clock, count, micros, parseInfo, plural, span } from '../api/format';
import { run } from '../api/http';
import { stats } from '../state/live';
import { sayError, say } from '../state/notice';
import { place } from '../state/router';
import { Fact, Problem } from '../ui/parts';
import { usePolled } from '../ui/polled';

const everyMillis = 1000;

/** The server keeps its last start's report and its checkpoints' figures in INFO persistence; what is live comes from there as well, so that all figures are of one moment. */
export function DurabilityPage(): JSX.Element {
  const { value: info, error, again } = usePolled(async (signal) => parseInfo(String((await run(0, ['INFO', 'persistence'], { signal })).reply)), everyMillis);
  return (
    <div class="page">
      <h1 class="page-title">Durability</h1>
      {error !== null && <Problem text={error} again={again} />}
      {info && <Panels info={info} />}
    </div>
  );
}

function Panels({ info }: { readonly info: ReadonlyMap<string, string> }): JSX.Element {
  const figure = (name: string): number => Number(info.get(name) ?? Number.NaN);
  const amount = (name: string, format: (value: number) => string = count): string => (Number.isNaN(figure(name)) || figure(name) < 0 ? '–' : format(figure(name)));
  // What the last one took and wrote is known of this process's own.
  const made = figure('checkpoints') > 0;
  const saved = figure('rdb_last_save_time') * 1000;
  const disk = info.get('disk_space_state') ?? 'unknown';
  const free = stats.value?.durability?.disk?.freeBytes;
  return (
    <>
      <Positions appended={figure('appended_lsn')} durable={figure('durable_lsn')} checkpoint={figure('checkpoint_lsn')} policy={info.get('appendfsync') ?? ''} waiting={figure('in_flight_writes')} />
      <div class="panels">
        <Panel title="Log" note={`appendfsync ${info.get('appendfsync') ?? ''}`}>
          <Fact name="fsync p50, p99">{amount('wal_fsync_usec_p50', micros)}, {amount('wal_fsync_usec_p99', micros)}</Fact>
          <Fact name="fsync p99.9, longest">{amount('wal_fsync_usec_p999', micros)}, {amount('wal_fsync_usec_max', micros)}</Fact>
          <Fact name="Records per batch p50, p99">{amount('wal_batch_records_p50')}, {amount('wal_batch_records_p99')}</Fact>
          <Fact name="Largest batch">{amount('wal_batch_records_max', (records) => plural(records, 'record'))}</Fact>
          <Fact name="fsyncs">{amount('wal_fsyncs')}</Fact>
          <Fact name="Written">{amount('wal_records', (records) => plural(records, 'record'))}, {amount('wal_bytes', byteSize)}</Fact>
          <Fact name="Segments">{amount('wal_segments')}</Fact>
        </Panel>
        <Panel title="Checkpoint" note={info.get('checkpoint_running') === '1' ? `${info.get('checkpoint_phase')}, ${Math.round(figure('checkpoint_phase_percent'))} %` : 'idle'} action={<CheckpointButton busy={info.get('checkpoint_running') === '1'} />}>
          <Fact name="Last">{made ? clock(saved, Date.now()) : figure('checkpoint_lsn') > 0 ? 'before the last start' : 'none yet'}</Fact>
          <Fact name="Result"><State good={info.get('checkpoint_last_result') === 'ok'}>{info.get('checkpoint_last_result') ?? '–'}</State></Fact>
          {made && <Fact name="Took">{amount('checkpoint_last_duration_ms', span)}</Fact>}
          {made && <Fact name="Wrote">{amount('checkpoint_last_entries', (entries) => plural(entries, 'entry', 'entries'))}, {amount('checkpoint_last_bytes', byteSize)}</Fact>}
          <Fact name="Log behind it">{amount('checkpoint_log_bytes', byteSize)}</Fact>
          <Fact name="Since the start">{amount('checkpoints')} done, {amount('checkpoint_failures')} failed</Fact>
          <Fact name="Tables">{amount('tables')} ({amount('table_bytes', byteSize)})</Fact>
          <Fact name="Compactions">{amount('compactions')} ({amount('compaction_bytes', byteSize)} written)</Fact>
        </Panel>
        <Panel title="Last start" note={info.get('recovery_clean_shutdown') === '1' ? 'after an orderly stop' : 'without an orderly stop before it'}>
          <Fact name="Took">{amount('recovery_duration_ms', span)}</Fact>
          <Fact name="Read from the log">{amount('recovery_records', (records) => plural(records, 'record'))} in {amount('recovery_batches', (batches) => plural(batches, 'batch', 'batches'))}, {amount('recovery_bytes', byteSize)}</Fact>
          <Fact name="Up to LSN">{amount('recovery_last_lsn')}</Fact>
          <Fact name="Torn tails">{figure('recovery_torn_tails') > 0 ? `${amount('recovery_torn_tails')}: ${amount('recovery_torn_bytes')} bytes that were never answered were cut off` : 'none'}</Fact>
        </Panel>
        <Panel title="Disk" note={stats.value?.server?.dir}>
          <Fact name="State"><State good={disk === 'ok'}>{disk}</State></Fact>
          {free !== undefined && <Fact name="Free">{byteSize(free)}</Fact>}
          <Fact name="Claimed for the log">{amount('disk_space_claimed_bytes', byteSize)}</Fact>
          <Fact name="Reserve for deletes">{amount('disk_space_reserve_bytes', byteSize)}</Fact>
          <Fact name="Writes refused for space">{amount('disk_space_rejected_writes')}</Fact>
        </Panel>
      </div>
    </>
  );
}

interface PositionsProps {
  readonly appended: number;
  readonly durable: number;
  readonly checkpoint: number;
  readonly policy: string;
  readonly waiting: number;
}

/** How far the log is appended, on disk and in tables: the three positions beside each other, and what lies between them. */
function Positions({ appended, durable, checkpoint, policy, waiting }: PositionsProps): JSX.Element {
  const behind = Math.max(0, appended - durable);
  const logged = Math.max(0, durable - checkpoint);
  return (
    <section class="positions" aria-label="Log positions">
      <div class="position">
        <h2>In the tables</h2>
        <p class="lsn">{count(checkpoint)}</p>
        <p>A start reads the log from behind this LSN.</p>
      </div>
      <div class="gap"><b>{count(logged)}</b> in the log only</div>
      <div class="position strong">
        <h2>On disk</h2>
        <p class="lsn">{count(durable)}</p>
        <p>{policy === 'always' ? 'Every answered write up to this LSN survives a crash and a power cut.' : `appendfsync ${policy}: what lies behind this LSN can be lost by a power cut.`}</p>
      </div>
      <div class={behind > 0 ? 'gap waits' : 'gap'}><b>{count(behind)}</b> on the way</div>
      <div class="position">
        <h2>Appended</h2>
        <p class="lsn">{count(appended)}</p>
        <p>{waiting > 0 ? waiting === 1 ? '1 write waits for the disk; its client has no answer yet.' : `${count(waiting)} writes wait for the disk; their clients have no answer yet.` : 'No write waits for the disk.'}</p>
      </div>
    </section>
  );
}

function CheckpointButton({ busy }: { readonly busy: boolean }): JSX.Element {
  const start = async (): Promise<void> => {
    try {
      await run(place.value.db, ['BGSAVE']);
      say('The checkpoint has begun.');
    } catch (error) {
      sayError(error);
    }
  };
  return <button type="button" class="compact" disabled={busy} onClick={() => void start()}>Make one now</button>;
}

interface PanelProps {
  readonly title: string;
  readonly note?: string | undefined;
  readonly action?: ComponentChildren;
  readonly children: ComponentChildren;
}

function Panel({ title, note, action, children }: PanelProps): JSX.Element {
  return (
    <section class="panel">
      <header><h2>{title}</h2>{note !== undefined && <span class="faint clip" title={note}>{note}</span>}{action}</header>
      <dl>{children}</dl>
    </section>
  );
}

function State({ good, children }: { readonly good: boolean; readonly children: ComponentChildren }): JSX.Element {
  return <span class={good ? 'state good' : 'state bad'}>{children}</span>;
}
