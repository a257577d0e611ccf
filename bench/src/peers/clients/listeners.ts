// Whom a client tells; nobody, until somebody listens. That a connection ended while nobody listened must not go unseen.

import type { MessageListener } from '../scenario.js';

export abstract class Listeners {
  onUpdate: MessageListener = () => {};
  onState: MessageListener = () => {};
  onAwareness: MessageListener = () => {};
  onSaved: (updates: number) => void = () => {};
  onClosed: (code: number, reason: string) => void = (code, reason) => {
    process.stderr.write(`A client was disconnected with ${code}: ${reason}\n`);
  };
}
