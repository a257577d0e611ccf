// Editing traces: what people typed, as transactions of patches, in the two shapes of the public data set
// "editing-traces". Read once, checked, and brought into one shape.

import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

/** At `position`, in code points, `deleted` code points give way to `inserted`. */
export type Patch = readonly [position: number, deleted: number, inserted: string];

export interface Transaction {
  readonly patches: readonly Patch[];
  readonly agent: number;
  /**
   * Per agent, how many of its transactions this one was typed on; null when it was typed on everything before it, as all
   * of a sequential trace are.
   */
  readonly builtOn: readonly number[] | null;
  /** Transactions that were typed last among those it builds on. */
  readonly parents: readonly number[];
}

export interface Trace {
  /** Of a sequential trace; a concurrent one begins empty. */
  readonly startContent: string;
  readonly endContent: string;
  readonly agents: number;
  readonly transactions: readonly Transaction[];
}

interface TraceFile {
  readonly startContent?: string;
  readonly endContent: string;
  readonly numAgents?: number;
  readonly txns: readonly {
    readonly patches: readonly Patch[];
    readonly parents?: readonly number[];
    readonly agent?: number;
  }[];
}

/**
 * @param file JSON, as it is or gzipped
 * @throws Error whose message says to a person what is wrong with it
 */
export function readTrace(file: string): Trace {
  const bytes = readFileSync(file);
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
  return parseTrace((isGzip ? gunzipSync(bytes) : bytes).toString('utf8'));
}

/** @throws Error when it is no trace, or one that a person with one text could not have typed */
export function parseTrace(json: string): Trace {
  const file = JSON.parse(json) as TraceFile;
  if (!Array.isArray(file.txns) || typeof file.endContent !== 'string') throw new Error('this is not an editing trace');
  const { startContent = '', endContent, numAgents } = file;
  if (numAgents === undefined) {
    const transactions = file.txns.map(({ patches }) => ({ patches, agent: 0, builtOn: null, parents: [] }));
    return { startContent, endContent, agents: 1, transactions };
  }
  return { startContent: '', endContent, agents: numAgents, transactions: readConcurrent(file, numAgents) };
}

function readConcurrent(file: TraceFile, agents: number): Transaction[] {
  const transactions: Transaction[] = [];
  /** Per agent, its transactions so far. */
  const typed = new Array<number>(agents).fill(0);
  /** What each transaction's result holds: what it was built on, and itself. */
  const results: number[][] = [];
  for (const [index, { parents = [], agent = 0, patches }] of file.txns.entries()) {
    const builtOn = new Array<number>(agents).fill(0);
    for (const parent of parents) {
      const result = results[parent];
      if (!result) throw new Error(`transaction ${index} builds on ${parent}, which does not come before it`);
      for (let a = 0; a < agents; a++) builtOn[a] = Math.max(builtOn[a]!, result[a]!);
    }
    if (builtOn[agent] !== typed[agent]) throw new Error(`transaction ${index} does not build on its own agent's last`);
    typed[agent]! += 1;
    results.push(builtOn.map((count, a) => (a === agent ? count + 1 : count)));
    transactions.push({ patches, agent, builtOn, parents });
  }
  return transactions;
}
