// How people and programs call a version: `seq-n`, the entry that it points to and which of the versions of that moment it is.

export interface VersionPlace {
  readonly seq: number;
  /** 1, 2, 3, … */
  readonly ordinal: number;
}

/** Versions of one moment: others have named it before. */
export const MAX_OF_ONE_MOMENT = 99;

const ID = /^(\d{1,15})-(\d{1,2})$/;

/** @returns null for what is no id of a version */
export function parseVersionId(id: string): VersionPlace | null {
  const [, seq, ordinal] = ID.exec(id) ?? [];
  return seq === undefined ? null : { seq: Number(seq), ordinal: Number(ordinal) };
}

export const versionId = ({ seq, ordinal }: VersionPlace): string => `${seq}-${ordinal}`;
