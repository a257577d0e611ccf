// What one may do in a channel, as the server said it last, and why. Until it said something, one may write.

import { type Role, roleFromWire } from '@weft/protocol';
import type { StoredAccess } from './local-store.js';

export class Rights {
  /** The server said it, now or when it was asked last. */
  isKnown = false;
  /** null until the server said so, and when there is none. */
  role: Role | null = null;
  mayWrite = true;
  /** Why that is so, when the server said so; for people. */
  reason = '';

  /** Until the server says it, it is as it was when it last did. */
  expect({ role, mayWrite }: StoredAccess): void {
    this.isKnown = true;
    this.role = role;
    this.mayWrite = mayWrite;
  }

  /** @returns whether anything is another now */
  take(told: { readonly role: number; readonly access: number }, reason: string): boolean {
    const before = [this.role, this.mayWrite, this.reason].join();
    this.isKnown = true;
    this.role = roleFromWire(told.role);
    this.mayWrite = told.access !== 0;
    this.reason = reason;
    return [this.role, this.mayWrite, reason].join() !== before;
  }
}
