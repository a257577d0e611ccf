// What carries messages between servers. It may lose them, and change their order: nothing that is promised rests on it, only
// how soon one server hears of another.

export interface Relay {
  /** Gives a message to all servers that listen to `topic` now, this one among them. It is dropped where that cannot be done. */
  publish(topic: string, message: Uint8Array): void;

  /** Has `listener` told what is published from soon after now until what is returned is called. One listener a topic. */
  subscribe(topic: string, listener: (message: Uint8Array) => void): () => void;

  /** Called whenever it works again: what was published meanwhile is lost. */
  onBack: () => void;

  close(): Promise<void>;
}
