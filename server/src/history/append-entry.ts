// One entry by the server on somebody's behalf, appended by the room like an edit of theirs: judged by the gate, on disk before
// anybody sees it, and taken once, however often it is asked for (S1).

import type { ChannelId } from '../log/document-log.js';
import type { Dialect, Member } from '../room/member.js';
import type { Room } from '../room/room.js';
import type { RoomRegistry } from '../room/room-registry.js';
import type { Submission } from '../room/seat.js';
import { SyncError } from '../sync-error.js';

export interface OneEntry {
  /** Yjs v1 update. */
  readonly update: Uint8Array;
  /** Opaque id of the person. */
  readonly author: string;
  /** Of this entry alone. */
  readonly outboxId: string;
  /** Asked in the moment in which it gets its seq (G7). Throws when it is not to. */
  readonly check: (room: Room) => void;
}

/**
 * Resolves once it is on disk.
 * @throws SyncError `RESTORE_REFUSED`, or what `check` throws: then nothing was changed
 */
export async function appendEntry(
  registry: Pick<RoomRegistry, 'enter'>,
  id: ChannelId,
  entry: OneEntry,
): Promise<void> {
  await registry.enter(id, (room) => room).then((room) => room.prepareToJudge());
  return new Promise((resolve, reject) => {
    const sit = (room: Room): void => {
      entry.check(room);
      const leave = (): void => seat.leave();
      const member = new SilentMember(
        () => {
          leave();
          resolve();
        },
        () => reject(refused(id, 'it was closed meanwhile')),
      );
      const { author, outboxId } = entry;
      const seat = room.join({ member, access: 'write', author, outboxId });
      seat.goLive();
      const fault = faultOf(seat.submit(entry.update, 1));
      if (fault === null) return;
      leave();
      reject(refused(id, fault));
    };
    registry.enter(id, sit).catch(reject);
  });
}

export const refused = ({ document }: ChannelId, why: string): SyncError =>
  new SyncError('RESTORE_REFUSED', `Nothing was written into "${document}": ${why}.`);

/** Why a room did not take it; null when it did. */
function faultOf(submission: Submission): string | null {
  switch (submission.kind) {
    case 'accepted':
    case 'known':
      return null;
    case 'document-full':
      return 'it has reached its largest size';
    case 'busy':
      return 'the server has too much to write; try again in a moment';
    case 'no-storage':
      return 'the server can store nothing now; try again later';
    case 'malformed':
    case 'tangled':
      return `the change was not taken, for ${submission.reason}`;
    case 'gap':
    case 'client-id-taken':
    case 'read-only':
      return 'it is not what the change was made for';
  }
}

/** It is told nothing but that it is saved. */
const silent: Dialect = {
  echoes: false,
  forgetsTheQuiet: false,
  news: () => ({ messages: [] }),
  contentHash: () => null,
};

class SilentMember implements Member {
  readonly dialect = silent;
  readonly hasRoom = true;
  readonly saved: () => void;
  readonly dismissed: () => void;

  constructor(saved: () => void, dismissed: () => void) {
    this.saved = saved;
    this.dismissed = dismissed;
  }

  send(): void {}
  fellBehind(): void {}
}
