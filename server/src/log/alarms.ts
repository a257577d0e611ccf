// Alarms: what whoever runs the server has to look into, since something was lost or changed from outside (L3). Each is
// said on stderr and kept in a file; that file is read by people, and taken away by them once they have looked.

import { readFileSync } from 'node:fs';
import { appendFile, readFile } from 'node:fs/promises';

/** What becomes of text that was lost, for the end of an alarm. */
export const WHERE_LOST_TEXT_IS =
  'Text that people still have on screen is kept there as a draft when they come back; the rest is in a backup, if there is one.';

export class Alarms {
  readonly #file: string;
  readonly #complain: (sentence: string) => void;
  readonly #nowMs: () => number;
  #count: number;
  #written: Promise<void> = Promise.resolve();

  /** @param complain takes a sentence for whoever runs the server */
  constructor(file: string, complain: (sentence: string) => void, nowMs: () => number = Date.now) {
    this.#file = file;
    this.#complain = complain;
    this.#nowMs = nowMs;
    this.#count = linesOf(file);
  }

  /** How many are in the file: those of earlier starts too, until somebody takes it away. */
  get count(): number {
    return this.#count;
  }

  /** Resolves once it is kept, or is said not to be. */
  readonly raise = (sentence: string): Promise<void> => {
    this.#count += 1;
    this.#complain(`ALARM: ${sentence}`);
    const line = `${new Date(this.#nowMs()).toISOString()} ${sentence.replaceAll('\n', ' ')}\n`;
    this.#written = this.#written
      .then(() => appendFile(this.#file, line, { flush: true }))
      .catch((error: Error) => this.#complain(`The alarm could not be kept in ${this.#file}: ${error.message}`));
    return this.#written;
  };
}

/** Whether a loss was noticed that nobody has looked into. A file that cannot be read may hold one. */
export async function hasAlarms(file: string): Promise<boolean> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) =>
    error.code === 'ENOENT' ? '' : error.message,
  );
  return text !== '';
}

function linesOf(file: string): number {
  try {
    return readFileSync(file, 'utf8').split('\n').filter(Boolean).length;
  } catch {
    // None yet; a file that cannot be read will not be written either, and that is said.
    return 0;
  }
}
