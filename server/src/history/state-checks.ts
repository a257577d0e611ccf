// Compares checkpoints with the entries they stand for, as the gate reads both, without Yjs: the same comparison as before
// a checkpoint is stored (I4), made again for what has lain on a disk since.

import { checkUpdate } from '../gate/check-update.js';
import { KnownState } from '../gate/known-state.js';
import { noLimits } from '../gate/update-reader.js';
import type { CheckpointClaim, StateChecks, StateFollower } from '../log/verify-report.js';
import { inflateState } from './load-state.js';

class Follower implements StateFollower {
  readonly known = new KnownState();

  add(update: Uint8Array): string | null {
    const verdict = checkUpdate(update, this.known, noLimits);
    if (verdict.kind === 'gap') return 'it builds on something that is not there';
    if (verdict.kind === 'malformed') return verdict.reason;
    if (verdict.kind === 'new') this.known.add(verdict.change);
    return null;
  }
}

export const stateChecks: StateChecks = {
  follow: () => new Follower(),
  claimOf({ state, stateVector, deleteSet }): CheckpointClaim {
    const decoded = new Follower();
    const reason = decoded.add(inflateState(state));
    if (reason !== null) throw new Error(reason);
    if (!decoded.known.isEqual(KnownState.decode(stateVector, deleteSet))) {
      throw new Error('the state is not the one it says it is');
    }
    return {
      differsFrom(follower) {
        const { known } = follower as Follower;
        if (!decoded.known.hasSameClocks(known)) return 'it has other structs than the entries';
        // It may have more: Yjs deletes some things without a word.
        if (!decoded.known.hasDeletesOf(known)) return 'it lacks deletions of the entries';
        return null;
      },
    };
  },
};
