// A stretch of a round that counts: what the server's processor did in it, and whether the load was itself the limit.

import { performance } from 'node:perf_hooks';
import type { FigureSpec } from '../results.js';
import type { RunningServer } from '../scenario.js';

/**
 * Until V8 has compiled most of what a round uses. After 1 s it has not: in single rounds writers in one document cost a quarter less
 * after 8 s, on each of three servers.
 */
export const WARM_UP_MS = 5000;
export const MEASURED_MS = 3000;

export const loadFigure: FigureSpec = {
  unit: '%',
  isLessBetter: true,
  isContext: true,
  what: 'CPU of the load, of its core: near 100 it was itself the limit',
};

/** Of its core: somebody who is that busy is a limit. */
const SATURATED_PERCENT = 90;

/** Whether the load kept the server waiting. A load that is busy beside a busy server reads less at once, and holds up nobody. */
export const wasLoadTheLimit = (load: number, server: number): boolean =>
  load >= SATURATED_PERCENT && server < SATURATED_PERCENT;

export interface Measured {
  readonly wallMs: number;
  readonly serverCpuMs: number;
  /** How much of the server's CPU was checkpoints, in per cent (L4); null when it has no threads of its own for them. */
  readonly checkpointPercent: number | null;
  /** Of its core, in per cent. */
  readonly loadPercent: number;
}

/** @returns ends the stretch */
export function beginStretch(server: RunningServer): () => Measured {
  const startMs = performance.now();
  const serverCpuMs = server.cpuMs();
  const upkeepCpuMs = server.upkeepCpuMs();
  const own = process.cpuUsage();
  return () => {
    const wallMs = performance.now() - startMs;
    const { user, system } = process.cpuUsage(own);
    const cpuMs = server.cpuMs() - serverCpuMs;
    return {
      wallMs,
      serverCpuMs: cpuMs,
      checkpointPercent: upkeepCpuMs === null ? null : ((server.upkeepCpuMs()! - upkeepCpuMs) / cpuMs) * 100,
      loadPercent: (user + system) / 1000 / wallMs / 0.01,
    };
  };
}
