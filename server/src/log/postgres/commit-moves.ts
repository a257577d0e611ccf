// Moves of one of several servers: segments in the place of runs, in a call of one function, all of it or nothing. They are refused
// where the runs are not there as they were read, or the work they are done for has become another server's.

import type { ClientBase } from 'pg';
import { invariant } from '../../sync-error.js';
import { channelName } from '../document-log.js';
import type { Duty } from '../duties.js';
import { CONFIRM, type SharedHead } from './commit-shared.js';
import { type GroupPlan, kindNumber, type RunRow } from './group-plan.js';

/**
 * Writes moves, or finds them written.
 * @param duty what they are done for; null: for whoever asked
 * @returns whether they are written
 */
export async function commitMoves(
  client: ClientBase,
  { runs, values, deletedKeys, rearranged }: GroupPlan,
  duty: Duty | null,
  { generation, server, group }: SharedHead,
): Promise<boolean> {
  const { deletedRuns = [], segments = [], ...others } = rearranged ?? {};
  // One that takes the place of a single run has its key, and the plan says nothing of the run.
  const alike = segments.filter((segment) => !deletedRuns.some((run) => isOneRow(run, segment)));
  const gone = [...deletedRuns, ...alike];
  const rest = [...runs, ...values, ...Object.values(others).flat()].length;
  invariant(rest === 0, `${rest} rows beside segments were to be moved in a store that several servers write`);
  const { rows } = await client.query<{ is_new: boolean; is_written: boolean }>({
    ...COMMIT_MOVES,
    values: [
      ...[server, generation, group],
      ...[duty?.work ?? null, duty?.token ?? null],
      gone.map(({ id }) => id.document),
      gone.map(({ id }) => kindNumber(id)),
      gone.map(({ firstSeq }) => firstSeq),
      gone.map(({ lastSeq }) => lastSeq),
      segments.map(({ id }) => id.document),
      segments.map(({ id }) => kindNumber(id)),
      segments.map(({ firstSeq }) => firstSeq),
      segments.map(({ lastSeq }) => lastSeq),
      segments.map(({ link }) => link),
      segments.map(({ value }) => value),
      deletedKeys,
    ],
  });
  const { is_new, is_written } = rows[0]!;
  if (!is_new) await client.query(CONFIRM, [server]);
  return is_written;
}

type Place = Pick<RunRow, 'id' | 'firstSeq'>;

const isOneRow = (a: Place, b: Place): boolean => a.firstSeq === b.firstSeq && channelName(a.id) === channelName(b.id);

const COMMIT_MOVES = {
  name: 'weft_commit_moves_1',
  text: 'select is_new, is_written from weft_commit_moves_1($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)',
} as const;
