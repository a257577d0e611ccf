// Compares checkpoints with the entries they stand for, as the gate reads both, without Yjs: the same comparison as before
// a checkpoint is stored (I4), made again for what has lain on a disk since.

import { checkUpdate } from '../gate/check-update.js';
import { noLimits } from '../gate/gate-limits.js';
import { KnownState } from '../gate/known-state.js';
import { noteOwners, sameOwners } from '../gate/owners.js';
import type { Checkpoint } from '../log/document-log.js';
import type { CheckpointClaim, FollowedEntry, StateChecks, StateFollower } from '../log/verify-report.js';
import { inflateState } from './load-state.js';

class Follower implements StateFollower {
  readonly known = new KnownState();
  readonly owners = new Map<number, string>();

  add({ author, update }: FollowedEntry): string | null {
    const verdict = checkUpdate(update, this.known, { limits: noLimits });
    if (verdict.kind === 'gap') return 'it builds on something that is not there';
    if (verdict.kind === 'malformed') return verdict.reason;
    if (verdict.kind === 'new') {
      this.known.add(verdict.change);
      noteOwners(this.owners, verdict.change, author);
    }
    return null;
  }
}

/** @throws Error when the checkpoint cannot be read, or contradicts itself */
function decode({ state, stateVector, deleteSet, owners }: Checkpoint): Follower {
  const decoded = new Follower();
  const reason = decoded.add({ author: '', update: inflateState(state) });
  if (reason !== null) throw new Error(reason);
  if (!decoded.known.isEqual(KnownState.decode(stateVector, deleteSet))) {
    throw new Error('the state is not the one it says it is');
  }
  const clients = [...decoded.owners.keys()];
  if (owners.size !== clients.length || !clients.every((client) => owners.has(client))) {
    throw new Error('the clients in the state are not those it names people for');
  }
  return decoded;
}

export const stateChecks: StateChecks = {
  follow: () => new Follower(),
  followFrom(base): StateFollower {
    const follower = decode(base);
    for (const [client, person] of base.owners) follower.owners.set(client, person);
    return follower;
  },
  claimOf(checkpoint): CheckpointClaim {
    const decoded = decode(checkpoint);
    const { owners } = checkpoint;
    return {
      differsFrom(follower) {
        const { known, owners: owned } = follower as Follower;
        if (!decoded.known.hasSameClocks(known)) return 'it has other structs than the entries';
        // It may have more: Yjs deletes some things without a word.
        if (!decoded.known.hasDeletesOf(known)) return 'it lacks deletions of the entries';
        if (!sameOwners(owners, owned)) return 'it says other people wrote than the entries do';
        return null;
      },
    };
  },
};
