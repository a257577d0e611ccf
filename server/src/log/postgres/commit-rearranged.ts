// What one of several servers puts in the place of what channels hold, and what it derives from their content: each in a call of one
// function, all of it or nothing, and nothing where it is not as it was known (rearranging-tables.ts).

import type { ClientBase } from 'pg';
import { invariant } from '../../sync-error.js';
import type { ChannelId, Seq } from '../document-log.js';
import type { Duty } from '../duties.js';
import type { KeyRange, Operation } from '../key-value-store.js';
import { CONFIRM, type SharedHead } from './commit-shared.js';
import { type GroupPlan, kindNumber, planGroup } from './group-plan.js';

export interface GivenChannel {
  readonly id: ChannelId;
  readonly epoch: number;
  /** Of its base, 0 where all entries are there; null: wherever that is. */
  readonly base: Seq | null;
  /** Where it has to end; null: wherever. */
  readonly end: { readonly seq: Seq; readonly link: Uint8Array } | null;
  /** Whether all of its entries go. */
  readonly goes: boolean;
}

export interface Rearrangement {
  /** What it is done for; null: for whoever asked. */
  readonly duty: Duty | null;
  /** What is on disk of records. */
  readonly known: readonly Operation[];
  readonly channels: readonly GivenChannel[];
  /** Entries that are deleted have to be there. */
  readonly operations: readonly Operation[];
  /** Whatever lies there goes before anything is put. */
  readonly cleared: readonly KeyRange[];
}

/** @returns one of `Outcome` */
export async function commitRearranged(
  client: ClientBase,
  { duty, known, channels, operations, cleared }: Rearrangement,
  { generation, server, group }: SharedHead,
): Promise<number> {
  const { runs, values, deletedKeys, rearranged } = planGroup(operations);
  invariant(runs.length === 0, 'what rearranges a store appends nothing to it');
  const { deletedRuns = [], segments = [], channels: put = [], erased = [] } = rearranged ?? {};
  const columns = [
    ...columnsOf(channels),
    channels.map(({ epoch }) => epoch),
    channels.map(({ base }) => base),
    channels.map(({ end }) => end?.seq ?? null),
    channels.map(({ end }) => end?.link ?? null),
    channels.map(({ goes }) => goes),
    ...columnsOf(deletedRuns),
    deletedRuns.map(({ firstSeq }) => firstSeq),
    deletedRuns.map(({ lastSeq }) => lastSeq),
    ...columnsOf(put),
    put.map(({ meta }) => meta.epoch),
    put.map(({ meta }) => meta.lastSeq),
    put.map(({ meta }) => meta.lastTimeMs),
    put.map(({ meta }) => meta.hash),
    ...columnsOf(segments),
    segments.map(({ firstSeq }) => firstSeq),
    segments.map(({ lastSeq }) => lastSeq),
    segments.map(({ link }) => link),
    segments.map(({ value }) => value),
    erased.map(({ nameHash }) => nameHash),
    erased.map(({ epoch }) => epoch),
    values.map(({ key }) => key),
    values.map(({ value }) => value),
    deletedKeys,
    cleared.map(({ gte }) => gte),
    cleared.map(({ lt }) => lt),
  ];
  const { rows } = await client.query<{ is_new: boolean; outcome: number }>({
    ...REARRANGE,
    values: [
      ...[server, generation, group],
      ...[duty?.work ?? null, duty?.token ?? null],
      known.map(({ key }) => key),
      known.map((operation) => (operation.type === 'put' ? operation.value : null)),
      ...columns,
    ],
  });
  const { is_new, outcome } = rows[0]!;
  if (!is_new) await client.query(CONFIRM, [server]);
  return outcome;
}

/** @returns false where the channel is of another epoch by now, or gone: nothing is written then */
export async function commitDerived(
  client: ClientBase,
  id: ChannelId,
  epoch: number,
  { values, deletedKeys }: GroupPlan,
  { generation, server, group }: SharedHead,
): Promise<boolean> {
  const { rows } = await client.query<{ is_new: boolean; is_written: boolean }>({
    ...DERIVED,
    values: [
      ...[server, generation, group],
      ...[id.document, kindNumber(id), epoch],
      values.map(({ key }) => key),
      values.map(({ value }) => value),
      deletedKeys,
    ],
  });
  const { is_new, is_written } = rows[0]!;
  if (!is_new) await client.query(CONFIRM, [server]);
  return is_written;
}

const columnsOf = (rows: readonly { readonly id: ChannelId }[]): readonly [string[], number[]] => [
  rows.map(({ id }) => id.document),
  rows.map(({ id }) => kindNumber(id)),
];

const PARAMETERS = 37;
const REARRANGE = {
  name: 'weft_rearrange_1',
  text: `select is_new, outcome from weft_rearrange_1(${Array.from({ length: PARAMETERS }, (_, index) => `$${index + 1}`).join(', ')})`,
} as const;

const DERIVED = {
  name: 'weft_commit_derived_1',
  text: 'select is_new, is_written from weft_commit_derived_1($1, $2, $3, $4, $5, $6, $7, $8, $9)',
} as const;
