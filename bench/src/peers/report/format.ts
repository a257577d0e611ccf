// How figures and servers are written, on the page, in charts and in the terminal alike.

import type { Run } from '../results.js';
import type { Estimate, Interval } from '../statistics.js';

/** Three digits that count, or the whole number: `12,345`, `23.4`, `0.052`. */
export function amount(value: number): string {
  if (!Number.isFinite(value)) return '∞';
  const size = Math.abs(value);
  if (size >= 100) return Math.round(value).toLocaleString('en');
  if (size === 0) return '0';
  const digits = size >= 10 ? 1 : size >= 1 ? 2 : Math.min(4, 1 - Math.floor(Math.log10(size)));
  return String(Number(value.toFixed(digits)));
}

/** `12.5 µs`, `3 %`; a count has no unit. */
export const withUnit = (value: number, unit: string): string =>
  unit === '' ? amount(value) : `${amount(value)} ${unit}`;

export const range = (interval: Interval | null): string =>
  interval === null ? 'too few rounds' : `${amount(interval.low)}–${amount(interval.high)}`;

/** `12.5 (12.1–13.0)` */
export const measured = ({ median, interval }: Estimate): string =>
  interval === null ? amount(median) : `${amount(median)} (${range(interval)})`;

interface Look {
  readonly label: (version: string) => string;
  readonly kind: 'ours' | 'peer' | 'relay';
}

const looks: Readonly<Record<string, Look>> = {
  weft: { label: () => 'Weft', kind: 'ours' },
  'weft-yjs': { label: () => 'Weft, stock Yjs clients', kind: 'ours' },
  'yws-0.1.5': { label: (version) => `@y/websocket-server ${version}, in memory`, kind: 'peer' },
  'yws-0.1.1-leveldb': { label: (version) => `@y/websocket-server ${version}, LevelDB`, kind: 'peer' },
  'y-websocket-1.5-leveldb': { label: (version) => `y-websocket ${version}, LevelDB`, kind: 'peer' },
  'hocuspocus-sqlite': { label: (version) => `Hocuspocus ${version}, SQLite`, kind: 'peer' },
  'y-prosemirror': { label: (version) => `y-prosemirror ${version}`, kind: 'peer' },
  'ws-send': { label: () => 'bare relay, one send each', kind: 'relay' },
  'ws-turn': { label: () => 'bare relay, one write per turn', kind: 'relay' },
};

export function labelOf(run: Run, server: string): string {
  // What stands behind the version, as of a storage extension, belongs to the table of versions.
  const version = (run.versions[server] ?? '').split(/[ ,;+]/)[0]!;
  return looks[server]?.label(version).replace(' ,', ',') ?? server;
}

/** A relay is no peer: it keeps nothing and checks nothing, and shows what is the least that is possible. */
export const kindOf = (server: string): Look['kind'] => looks[server]?.kind ?? 'peer';
