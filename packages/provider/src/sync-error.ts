// What the event `error` tells: something that a person has to know of, under a code that stays.

/**
 * `code`: that of a refusal (`too-large`, `cannot-merge`, …, PROTOCOL.md § Refusals of `@weft/protocol`), or a close code as text (`4403`).
 * `message` is a sentence for people.
 */
export class SyncError extends Error {
  override readonly name = 'SyncError';
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}
