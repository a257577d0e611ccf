// What every door is made of, whatever carries the sessions that come in by it.

import type { Doorkeeper } from '../access/doorkeeper.js';
import type { Dialects } from '../dialect/dialects.js';
import type { Limits } from '../limits.js';
import type { SocketMetrics } from '../metrics/metrics.js';
import type { Lines } from './lines.js';
import type { SendLimits } from './send-queue.js';

export interface DoorOptions<Offered extends keyof Dialects = keyof Dialects> {
  readonly dialects: Pick<Dialects, Offered>;
  readonly doorkeeper: Doorkeeper;
  readonly limits: Pick<Limits, 'waitingBytes' | 'slowReaderSeconds'>;
  /** Of all doors together. */
  readonly lines: Lines;
  readonly metrics: SocketMetrics;
  /** Takes a sentence for whoever runs the server. */
  readonly complain: (sentence: string) => void;
}

export const sendLimitsOf = ({ limits, metrics }: Pick<DoorOptions, 'limits' | 'metrics'>): SendLimits => ({
  metrics,
  maxWaitingBytes: limits.waitingBytes,
  stalledAfterMs: limits.slowReaderSeconds * 1000,
});
