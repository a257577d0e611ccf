// Before something is gone for good a person types what it is about once more.

import { SyncError } from '../sync-error.js';
import type { CommandContext } from './command.js';

export interface Question {
  /** What is about to happen, in lines that end in one: the question follows. */
  readonly about: string;
  /** What it asks for: "its name". */
  readonly asks: string;
  /** What is to be typed. */
  readonly word: string;
  /** What --yes does: "erases". */
  readonly does: string;
  /** What is said of another answer. */
  readonly wrong: string;
}

/** @returns whether it was typed, or need not be; if not, that was said. @throws SyncError `BAD_USAGE` where nobody can be asked */
export async function confirm(
  { switches, terminal, complain }: Pick<CommandContext, 'switches' | 'terminal' | 'complain'>,
  { about, asks, word, does, wrong }: Question,
): Promise<boolean> {
  if (switches.has('yes')) return true;
  const answer = switches.has('json') ? null : await terminal.ask(`${about}Type ${asks} to go on: `);
  if (answer === null) {
    throw new SyncError('BAD_USAGE', `Nobody can be asked here. With --yes it ${does} without asking.`);
  }
  if (answer.trim() === word) return true;
  if (answer === '') terminal.remark('\n');
  complain(wrong);
  return false;
}
