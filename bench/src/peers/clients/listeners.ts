// Whom a client tells; nobody, until somebody listens. What comes of the document meanwhile is put with what it joined with, and
// that a connection ended must not go unseen.

import type { MessageListener } from '../scenario.js';

export abstract class Listeners {
  abstract readonly joined: Uint8Array[];
  onUpdate: MessageListener = (bytes, from, to) => void this.joined.push(bytes.slice(from, to));
  onState: MessageListener = (bytes, from, to) => void this.joined.push(bytes.slice(from, to));
  onAwareness: MessageListener = () => {};
  onSaved: (updates: number) => void = () => {};
  onClosed: (code: number, reason: string) => void = (code, reason) => {
    process.stderr.write(`A client was disconnected with ${code}: ${reason}\n`);
  };
}
