// A stretch of a round that counts: what the server's processor did in it, and whether the load was itself the limit.

import { performance } from 'node:perf_hooks';
import type { RunningServer } from '../scenario.js';

export interface Measured {
  readonly wallMs: number;
  readonly serverCpuMs: number;
  /** Of its core, in per cent. Near 100 the load was the limit, and nothing is known of the server. */
  readonly loadPercent: number;
}

/** @returns ends the stretch */
export function beginStretch(server: RunningServer): () => Measured {
  const startMs = performance.now();
  const serverCpuMs = server.cpuMs();
  const own = process.cpuUsage();
  return () => {
    const wallMs = performance.now() - startMs;
    const { user, system } = process.cpuUsage(own);
    return {
      wallMs,
      serverCpuMs: server.cpuMs() - serverCpuMs,
      loadPercent: (user + system) / 1000 / wallMs / 0.01,
    };
  };
}
