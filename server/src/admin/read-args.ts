// Reads the arguments of operations, which may have come over the control socket.

import { SyncError } from '../sync-error.js';

export type ArgumentObject = Readonly<Record<string, unknown>>;

/** @throws SyncError `BAD_REQUEST` */
export function readObject(input: unknown): ArgumentObject {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) throw bad('the arguments are not an object');
  return input as ArgumentObject;
}

export function readText(input: ArgumentObject, field: string): string {
  const value = input[field];
  if (typeof value !== 'string') throw bad(`${field} is not a text`);
  return value;
}

const bad = (reason: string): SyncError => new SyncError('BAD_REQUEST', `A request cannot be read: ${reason}.`);
