// What the audit log says of a past that was taken away, and of how long one is kept: how much it was, and never what.

export const trimmedDetail = (
  beforeMs: number,
  { entries, versions }: { readonly entries: number; readonly versions: number },
): Record<string, string> => ({ before: new Date(beforeMs).toISOString(), ...erasedDetail({ entries, versions }) });

export const erasedDetail = ({
  entries,
  versions,
}: {
  readonly entries: number;
  readonly versions: number;
}): Record<string, string> => ({ entries: String(entries), versions: String(versions) });

/** @param days null: as long as the server says */
export const keptDetail = ({
  days,
  versions,
}: {
  readonly days?: number | null;
  readonly versions?: string;
}): Record<string, string> => ({
  ...(days !== undefined && { days: days === null ? 'all' : String(days) }),
  ...(versions !== undefined && { versions }),
});
