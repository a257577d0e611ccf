// Before something is gone for good it is said what would go, and a person types what it is about once more.

import { ExitCode } from '../exit.js';
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

export interface Removal<Result> {
  readonly context: Pick<CommandContext, 'switches' | 'terminal' | 'complain' | 'print'>;
  /** Its name as it was given. */
  readonly document: string;
  /** Does it, or only says what would go. */
  readonly act: (isDryRun: boolean) => Promise<Result>;
  readonly inWords: (result: Result) => string;
  /** Whether there is nothing to be asked about. */
  readonly isNothing?: (plan: Result) => boolean;
  /** As in `Question`. */
  readonly does: string;
  readonly wrong: string;
}

/** For commands with --dry-run and --yes. @returns how the command ends */
export async function removeOnceMeant<Result extends object>(removal: Removal<Result>): Promise<number> {
  const { context, document, act, inWords, isNothing = () => false, does, wrong } = removal;
  const { switches, print } = context;
  const isDryRun = switches.has('dry-run');
  if (isDryRun || !switches.has('yes')) {
    const plan = await act(true);
    if (isDryRun || isNothing(plan)) {
      print(plan, () => inWords(plan));
      return ExitCode.Ok;
    }
    const about = `${inWords(plan)}It cannot be undone.\n`;
    const isMeant = await confirm(context, { about, asks: 'the name of the document', word: document, does, wrong });
    if (!isMeant) return ExitCode.Failed;
  }
  const result = await act(false);
  print(result, () => inWords(result));
  return ExitCode.Ok;
}
