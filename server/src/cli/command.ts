// What a command of `weft` is: a row of a table, from which its line is read, its help written and its work done.

import type { Operation, WorkContext } from '../admin/operation.js';
import type { Terminal } from './terminal.js';

export interface Argument {
  /** As help shows it: "NAME". */
  readonly name: string;
  readonly summary: string;
  /** May be left out. Only arguments at the end. */
  readonly isOptional?: boolean;
}

export interface Option {
  /** Without dashes. */
  readonly name: string;
  /** What help calls its value; a switch has none. */
  readonly value?: string;
  readonly summary: string;
}

/** A line, read. */
export interface Given {
  /** By name of the argument. */
  readonly args: Readonly<Record<string, string | undefined>>;
  /** By name of the option: the values. */
  readonly values: Readonly<Record<string, string | undefined>>;
  /** The switches that are on. */
  readonly switches: ReadonlySet<string>;
}

export interface CommandContext extends Given {
  readonly terminal: Terminal;
  /**
   * Has the running server carry out an operation, or carries it out here when none runs (L6).
   * @throws SyncError what the operation throws; `STORE_IN_USE`, `NO_STORE`, `OTHER_VERSION`, `SERVER_SILENT`
   */
  perform<Args, Result>(operation: Operation<Args, Result>, args: Args): Promise<Result>;
  /** Does something here that needs no data folder, and shows how far it is. */
  work<Result>(action: (context: WorkContext) => Promise<Result>): Promise<Result>;
  /** Prints a result: as one JSON object with --json, else as `people` says it. */
  print(result: object, people: () => string): void;
  /** Says on stderr what did not go as it should, in a sentence. */
  complain(sentence: string): void;
}

export interface Command {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** What else help says: paragraphs. */
  readonly details?: string;
  readonly arguments: readonly Argument[];
  /** Beside those that every command has. */
  readonly options: readonly Option[];
  /** @returns the exit code */
  readonly run: (context: CommandContext) => Promise<number>;
}
