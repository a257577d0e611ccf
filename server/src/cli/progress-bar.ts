// How far a command is, on stderr: one line that is drawn again on a terminal, a line now and then elsewhere, and nothing
// at all about what takes less than a second.

import type { Progress } from '../admin/operation.js';
import type { Terminal } from './terminal.js';

const SILENT_MS = 1000;
const REDRAW_EVERY_MS = 100;
const LINE_EVERY_MS = 10_000;
const BAR_COLUMNS = 24;

export class ProgressBar {
  readonly #terminal: Pick<Terminal, 'remark' | 'isLive' | 'columns'>;
  readonly #nowMs: () => number;
  readonly #startedAtMs: number;
  #shownAtMs = Number.NEGATIVE_INFINITY;
  #isDrawn = false;

  constructor(
    terminal: Pick<Terminal, 'remark' | 'isLive' | 'columns'>,
    nowMs: () => number = () => performance.now(),
  ) {
    this.#terminal = terminal;
    this.#nowMs = nowMs;
    this.#startedAtMs = nowMs();
  }

  show(progress: Progress): void {
    const { isLive, columns } = this.#terminal;
    const nowMs = this.#nowMs();
    if (nowMs - this.#startedAtMs < SILENT_MS) return;
    if (nowMs - this.#shownAtMs < (isLive ? REDRAW_EVERY_MS : LINE_EVERY_MS)) return;
    this.#shownAtMs = nowMs;
    if (!isLive) {
      this.#terminal.remark(`${sentence(progress)}\n`);
      return;
    }
    this.#isDrawn = true;
    this.#terminal.remark(`\r\x1b[K${drawn(progress).slice(0, Math.max(0, columns - 1))}`);
  }

  /** Takes the line away; to be called before anything else is said. */
  clear(): void {
    if (this.#isDrawn) this.#terminal.remark('\r\x1b[K');
    this.#isDrawn = false;
  }
}

const percentOf = ({ done, total }: Progress): number => Math.min(100, Math.floor((100 * done) / total));

const sentence = (progress: Progress): string =>
  progress.total > 0 ? `${progress.doing}: ${percentOf(progress)} %` : `${progress.doing} …`;

function drawn(progress: Progress): string {
  if (progress.total <= 0) return sentence(progress);
  const filled = Math.round((percentOf(progress) / 100) * BAR_COLUMNS);
  const bar = '█'.repeat(filled) + '░'.repeat(BAR_COLUMNS - filled);
  return `${bar} ${sentence(progress)}`;
}
