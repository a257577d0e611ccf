// What an error says of the database: that it is away, which is waited for, or that it was there and refused, which is a fault
// and ends the writing after a while.

/** Of sockets and the search for an address. ENOENT: a socket in a folder, whose server is down. */
const NOBODY_THERE = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENETDOWN',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENOENT',
]);

/**
 * SQLSTATEs (Postgres: appendix A), whole or by class: connections (08), resources, room and connections among them (53), a
 * rollback that only asks for another try (40), a statement that took too long (57014), a server that stops, crashed or starts
 * (57P01 to 57P03) or ends who is idle (57P05, 25P03), one that only reads, as before it takes over (25006), locks (55P03).
 */
const AWAY = /^(?:08...|53...|40...|57014|57P0[1235]|25P03|25006|55P03)$/;

/** What pg says without a code when a connection ends, or an answer does not come. */
const SAID_OF_CONNECTIONS =
  /^(?:Connection terminated|Query read timeout|timeout expired|timeout exceeded when trying to connect|Client was closed|Client has encountered a connection error)/;

/** Raised by weft_commit_1: the store is at another group, or another server's. */
export const STORE_MOVED = 'WF001';
/** Raised by weft_commit_1: an entry does not follow the newest one. */
export const ENTRIES_DIFFER = 'WF002';

/** Whether there was no answer, or none yet, and not what the answer is. */
export function isAbsence(error: unknown): boolean {
  const code = codeOf(error);
  if (code !== null) return NOBODY_THERE.has(code) || AWAY.test(code);
  return error instanceof Error && SAID_OF_CONNECTIONS.test(error.message);
}

/** Whether there is no room on the server's disk. */
export const isNoRoom = (error: unknown): boolean => codeOf(error) === '53100';

export const isLockTimeout = (error: unknown): boolean => codeOf(error) === '55P03';

/** An error as the database would have raised it. */
export const refusal = (code: string, message: string): Error => Object.assign(new Error(message), { code });

function codeOf(error: unknown): string | null {
  const { code } = error as { readonly code?: unknown };
  return typeof code === 'string' ? code : null;
}
