// What its owner, or an admin, asks about the past of a document that is to go, and how it is answered. What goes is told before, and
// taken out only where the name of the document is given once more. Where nobody owns anything, whoever comes along cannot take out
// what others wrote: whoever runs the server can, with a command.

import type { FastifyReply } from 'fastify';
import { fail } from './answers.js';
import { type AskedDocument, askedDocument, type PastDoorOptions, type RequestOfDocument } from './past-door.js';

/** What would go, or went. */
export interface TakenPast {
  readonly entries: number;
  readonly newestMs: number | null;
  readonly versions: number;
  readonly named: readonly { readonly id: string; readonly name: string; readonly timeMs: number }[];
}

/** More may be known here than is told. */
export const toldPast = ({ entries, newestMs, versions, named }: TakenPast): TakenPast => ({
  entries,
  newestMs,
  versions,
  named,
});

/** @returns null once it was refused */
export async function askedByOwner(
  options: PastDoorOptions,
  request: RequestOfDocument,
  reply: FastifyReply,
): Promise<AskedDocument | null> {
  const asked = await askedDocument(options, request, reply, 'owner');
  if (asked === null || !options.access.isOpen) return asked;
  const sentence = 'Nobody owns documents here: whoever runs the server takes away their past, with a command of weft.';
  fail(reply, 403, 'OWNERS_ONLY', sentence);
  return null;
}

export const bodyOf = ({ body }: { readonly body: unknown }): Readonly<Record<string, unknown>> =>
  typeof body === 'object' && body !== null && !Array.isArray(body) ? (body as Record<string, unknown>) : {};

/** @returns false once it was refused */
export function isConfirmed(
  { confirm }: Readonly<Record<string, unknown>>,
  { document }: Pick<AskedDocument, 'document'>,
  reply: FastifyReply,
): boolean {
  if (confirm === document) return true;
  fail(reply, 400, 'NOT_CONFIRMED', 'This cannot be undone. Say the name of the document in "confirm".');
  return false;
}
