// Where a command says things and hears answers. Results go to stdout; questions, progress and complaints to stderr, so
// that what is piped elsewhere is the result alone.

import { createInterface } from 'node:readline/promises';

export interface Terminal {
  /** To stdout, as it is. */
  write(text: string): void;
  writeBytes(bytes: Uint8Array): void;
  /** To stderr, as it is. */
  remark(text: string): void;
  /** Whether what is written to stderr can be taken back with `\r`. */
  readonly isLive: boolean;
  readonly columns: number;
  /** Whether what is written to stdout may have colours. */
  readonly hasColors: boolean;
  /** Asks a person. @returns '' when they give no answer; null when nobody is there to be asked */
  ask(question: string): Promise<string | null>;
}

export const processTerminal: Terminal = {
  write: (text) => void process.stdout.write(text),
  writeBytes: (bytes) => void process.stdout.write(bytes),
  remark: (text) => void process.stderr.write(text),
  isLive: process.stderr.isTTY === true,
  // Node looks at NO_COLOR and what the terminal is.
  hasColors: process.stdout.isTTY === true && process.stdout.hasColors(),
  get columns() {
    return process.stderr.columns ?? 80;
  },
  async ask(question) {
    if (!process.stdin.isTTY) return null;
    const lines = createInterface({ input: process.stdin, output: process.stderr });
    try {
      return await new Promise<string>((resolve) => {
        lines.once('close', () => resolve(''));
        lines.question(question).then(resolve, () => resolve(''));
      });
    } finally {
      lines.close();
    }
  },
};
