// A moment as somebody names it on the command line.

import type { MomentName } from '../history/moments.js';
import { SyncError } from '../sync-error.js';
import { parseVersionId } from '../version-id.js';

/** What help says of it. */
export const MOMENTS = `A moment is the id of a version (120-1), the number of an entry (120), or a time, of this machine unless it says its
zone: "2026-11-21 14:05:30", 2026-11-21, 2026-11-21T14:05Z. A day alone is its beginning.
0 is the empty document, before its first entry.`;

const TIME = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)(Z|[+-]\d\d:\d\d)?)?$/;

/** @throws SyncError `BAD_USAGE` */
export function momentNamed(text: string): MomentName {
  if (parseVersionId(text) !== null) return { kind: 'version', id: text };
  if (/^\d{1,15}$/.test(text)) return { kind: 'seq', seq: Number(text) };
  const [, day, time = '00:00', zone = ''] = TIME.exec(text) ?? [];
  const timeMs = day === undefined ? Number.NaN : Date.parse(`${day}T${time}${zone}`);
  if (!Number.isNaN(timeMs)) return { kind: 'time', timeMs };
  throw new SyncError(
    'BAD_USAGE',
    `"${text}" is no moment. Say the id of a version, the number of an entry, or a time, as in "2026-11-21 14:05".`,
  );
}
