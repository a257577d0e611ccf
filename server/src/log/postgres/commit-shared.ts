// A group of one of several servers, into the tables they share: each channel's entries where it is as this server knew it, and
// nothing of a channel in which somebody else was quicker. What is answered is kept, so that a group whose answer was lost is
// answered again, and not written twice.

import type { ClientBase } from 'pg';
import { invariant } from '../../sync-error.js';
import { channelName } from '../document-log.js';
import type { Operation } from '../key-value-store.js';
import type { ChannelState } from '../level/channel-state.js';
import { newDocument } from '../level/document-index.js';
import { putDocument } from '../level/stored-values.js';
import { packBytes } from './commit-values.js';
import { type GroupPlan, kindNumber, type Rearranged } from './group-plan.js';

export interface SharedHead {
  readonly generation: number;
  /** This one. */
  readonly server: Uint8Array;
  readonly group: number;
}

/**
 * Writes a group, or finds it written.
 * @param channels those with entries in it
 * @returns those of them whose entries are not written
 */
export async function commitShared(
  client: ClientBase,
  plan: GroupPlan,
  channels: readonly ChannelState[],
  { generation, server, group }: SharedHead,
): Promise<readonly ChannelState[]> {
  const { bytes, runs, values } = packBytes(plan);
  const { rearranged } = plan;
  const byName = new Map(channels.map((state) => [channelName(state.id), state]));
  const states = plan.runs.map(({ id }) => byName.get(channelName(id))!);
  const documents = documentsOf(plan, states);
  if (rearranged !== null) await client.query('begin');
  const { rows } = await client.query<{ is_new: boolean; refused: number[] }>({
    ...COMMIT,
    values: [
      ...[server, generation, group, bytes],
      ...[runs.documents, runs.kinds],
      states.map(({ owner }) => owner!.epoch),
      states.map(({ durableHash }) => durableHash),
      ...[runs.firsts, runs.lasts, runs.times, runs.links, runs.ats, runs.lengths],
      // Who was refused already, and is again, has the next turn: a server that is slower than others would never be first.
      states.map(({ timesRefused }) => timesRefused > 0),
      ...[values.keys, values.ats, values.lengths, plan.deletedKeys],
      documents.map(({ place }) => place),
      documents.map(({ key }) => key),
      documents.map(({ value }) => value),
    ],
  });
  const { is_new, refused } = rows[0]!;
  if (!is_new) await client.query(CONFIRM, [server]);
  else if (rearranged !== null) await beginEpochs(client, rearranged);
  if (rearranged !== null) await client.query('commit');
  return refused.map((place) => states[place - 1]!);
}

/** The records of documents that may not be there yet: whoever writes the first entry of a channel brings the document's. */
const documentsOf = ({ runs }: GroupPlan, states: readonly ChannelState[]) =>
  runs.flatMap(({ id, firstSeq }, index) =>
    firstSeq > 1
      ? []
      : [{ place: index + 1, ...putDocument(newDocument(id.document, states[index]!.inFlight[0]!.timeMs)) }],
  );

/**
 * A document's record is written with the run that it came with, where there is none: what this server knew of the document may
 * be over, or another server's.
 */
const COMMIT = {
  name: 'weft_commit_3',
  text: `with written as materialized (
      select is_new, refused
        from weft_commit_3($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
    ), listed as (
      insert into weft_value (key, value)
        select d.key, d.value from written w, unnest($20::integer[], $21::bytea[], $22::bytea[]) as d(place, key, value)
          where w.is_new and d.place <> all (w.refused) order by d.key
        on conflict (key) do nothing
    )
    select is_new, refused from written`,
} as const;

/**
 * Writes values if these keys hold what is given, or finds out that it has been done.
 * @returns whether they did
 */
export async function commitIf(
  client: ClientBase,
  known: readonly Operation[],
  { values, deletedKeys }: GroupPlan,
  { generation, server, group }: SharedHead,
): Promise<boolean> {
  const { rows } = await client.query<{ is_new: boolean; is_written: boolean }>({
    ...COMMIT_IF,
    values: [
      ...[server, generation, group],
      known.map(({ key }) => key),
      known.map((operation) => (operation.type === 'put' ? operation.value : null)),
      values.map(({ key }) => key),
      values.map(({ value }) => value),
      deletedKeys,
    ],
  });
  const { is_new, is_written } = rows[0]!;
  if (!is_new) await client.query(CONFIRM, [server]);
  return is_written;
}

const COMMIT_IF = {
  name: 'weft_commit_if_1',
  text: 'select is_new, is_written from weft_commit_if_1($1, $2, $3, $4, $5, $6, $7, $8)',
} as const;

/** As in commit-alone.ts: a standby has what was committed before as well. */
export const CONFIRM = 'update weft_server set group_number = group_number where id = $1';

/** Others may have written since: of a channel that is there nothing but its epoch is said, and never an earlier one. */
async function beginEpochs(client: ClientBase, rows: Rearranged): Promise<void> {
  const others = rows.deletedRuns.length + rows.deletedChannels.length + rows.segments.length + rows.erased.length;
  invariant(others === 0, `${others} rows were to be moved in a store that several servers write`);
  for (const { id, meta } of rows.channels) {
    await client.query(
      `insert into weft_channel (document, kind, epoch, head, time_ms, link) values ($1, $2, $3, $4, $5, $6)
        on conflict (document, kind) do update set epoch = greatest(weft_channel.epoch, excluded.epoch)`,
      [id.document, kindNumber(id), meta.epoch, meta.lastSeq, meta.lastTimeMs, meta.hash],
    );
  }
}
