// Several servers that have a channel open make checkpoints of it each by itself, and each takes away none but its own. What is
// left over by that is found here: all but the newest that one server alone would not have kept for history (history-checkpoints.ts).

import type { ChannelId, Seq } from '../document-log.js';
import type { Operation } from '../key-value-store.js';
import { staysForHistory } from '../level/history-checkpoints.js';
import { checkpointKey } from '../level/keys.js';
import type { PostgresReader } from './postgres-reader.js';

interface Found {
  readonly seq: Seq;
  readonly stateBytes: number;
  readonly updateBytes: number;
  /** Judged before, or a base. */
  readonly stays: boolean;
}

/** @param from the first entry that was not looked at before: with those after it the newest before it is judged */
export async function surplusCheckpoints(reader: PostgresReader, id: ChannelId, from: Seq): Promise<Operation[]> {
  const surplus: Operation[] = [];
  let keptBytes = 0;
  const found = await newestFirst(reader, id, from);
  for (const [place, { seq, stateBytes, updateBytes, stays }] of [...found.entries()].reverse()) {
    const next = found[place - 1];
    if (stays || !next || staysForHistory(stateBytes, next.updateBytes - keptBytes)) keptBytes = updateBytes;
    else surplus.push({ type: 'del', key: checkpointKey(id, seq) });
  }
  return surplus;
}

async function newestFirst(reader: PostgresReader, id: ChannelId, from: Seq): Promise<Found[]> {
  const found: Found[] = [];
  for (let upTo: Seq | undefined; found.at(-1)?.stays !== true; upTo = found.at(-1)!.seq - 1) {
    const stored = await reader.checkpointAt(id, upTo);
    if (stored === null) break;
    const { checkpoint, updateBytes } = stored;
    const wasJudged = (found.at(-1)?.seq ?? from) < from;
    const stays = wasJudged || 'link' in stored;
    found.push({ seq: checkpoint.seq, stateBytes: checkpoint.state.length, updateBytes, stays });
  }
  return found;
}
