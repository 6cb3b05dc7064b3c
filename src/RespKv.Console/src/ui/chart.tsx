import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { sampleCount, samples, samplesMax } from '../state/live';
import { shown } from '../state/theme';
import type { Stats } from '../api/stats';

export interface Line {
  readonly label: string;
  /** before is of some seconds ago, for figures of the time in between; undefined at the begin. */
  readonly read: (stats: Stats, before: Stats | undefined) => number | undefined;
  /** The number of one of the chart colours, 1 to 3. */
  readonly colour: 1 | 2 | 3;
  readonly fill?: boolean;
}

interface ChartProps {
  readonly title: string;
  readonly lines: readonly Line[];
  readonly format: (value: number) => string;
  /** Said under the title. */
  readonly note?: string;
  /** The axis goes in powers of two. */
  readonly binary?: boolean;
}

const heightPixels = 168;

/** Figures of a window are of this many polls, so of seconds: one second alone may hold too few values. */
const windowSamples = 5;

export function Chart({ title, lines, format, note, binary = false }: ChartProps): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const theme = shown.value;
  const turn = sampleCount.value;
  useEffect(() => {
    const element = box.current!;
    const made = new uPlot(optionsOf(element, lines, format, binary), dataOf(lines), element);
    plot.current = made;
    const resized = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: heightPixels }));
    resized.observe(element);
    return () => {
      resized.disconnect();
      made.destroy();
    };
  }, [theme]);
  useEffect(() => plot.current?.setData(dataOf(lines)), [turn]);

  return (
    <figure class="chart">
      <figcaption>
        <span class="chart-title">{title}{note !== undefined && <span class="faint"> {note}</span>}</span>
        <span class="chart-now">
          {lines.map((line) => {
            const value = readAt(line, samples.length - 1);
            return (
              <span key={line.label} class={`legend colour-${line.colour}`}>
                {line.label} <b>{value === undefined ? '–' : format(value)}</b>
              </span>
            );
          })}
        </span>
      </figcaption>
      <div ref={box} class="plot" role="img" aria-label={`${title} over the last ten minutes; the present figures stand above`} />
    </figure>
  );
}

function dataOf(lines: readonly Line[]): uPlot.AlignedData {
  const times = samples.map(({ time }) => time);
  return [times, ...lines.map((line) => samples.map((_, at) => readAt(line, at) ?? null))];
}

function readAt(line: Line, at: number): number | undefined {
  const now = samples[at]?.stats;
  return now ? line.read(now, samples[Math.max(0, at - windowSamples)]?.stats ?? undefined) : undefined;
}

function optionsOf(element: HTMLElement, lines: readonly Line[], format: (value: number) => string, binary: boolean): uPlot.Options {
  const styles = getComputedStyle(document.documentElement);
  const colour = (name: string): string => styles.getPropertyValue(name).trim();
  const axis: uPlot.Axis = {
    stroke: colour('--muted'),
    grid: { stroke: colour('--grid'), width: 1 },
    ticks: { show: false },
    font: '11px system-ui, sans-serif',
  };
  return {
    width: element.clientWidth,
    height: heightPixels,
    padding: [8, 4, 0, 0],
    legend: { show: false },
    cursor: { y: false, points: { size: 6 }, sync: { key: 'live' } },
    scales: {
      x: { time: true, range: (_, min, max) => [Math.min(min, max - samplesMax / 10), max] },
      y: { range: (_, min, max) => [0, niceTop(Math.max(max ?? 0, min ?? 0), binary)] },
    },
    axes: [
      { ...axis, space: 70, size: 24, values: (_, ticks) => ticks.map(timeOfDay) },
      { ...axis, size: 58, space: 32, values: (_, ticks) => ticks.map(format), ...(binary ? { incrs: powersOfTwo } : {}) },
    ],
    series: [
      {},
      ...lines.map((line): uPlot.Series => ({
        label: line.label,
        stroke: colour(`--chart-${line.colour}`),
        width: 1.5,
        ...(line.fill ? { fill: colour(`--chart-${line.colour}-fill`) } : {}),
        points: { show: false },
        spanGaps: false,
      })),
    ],
  };
}

const powersOfTwo = Array.from({ length: 50 }, (_, at) => 2 ** at);

/** The next of 1, 2, 5 times a power of ten, so that the axis does not move with every sample. */
function niceTop(max: number, binary: boolean): number {
  if (max <= 0) {
    return 1;
  }

  if (binary) {
    const half = 2 ** Math.floor(Math.log2(max * 1.05));
    return [1.5, 2].map((step) => step * half).find((top) => top >= max * 1.05) ?? 2 * half;
  }

  const power = 10 ** Math.floor(Math.log10(max));
  return [1, 2, 5, 10].map((step) => step * power).find((top) => top >= max * 1.05) ?? 20 * power;
}

function timeOfDay(seconds: number): string {
  const time = new Date(seconds * 1000);
  const pad = (value: number): string => String(value).padStart(2, '0');
  return `${pad(time.getHours())}:${pad(time.getMinutes())}:${pad(time.getSeconds())}`;
}
