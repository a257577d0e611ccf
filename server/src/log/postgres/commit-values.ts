// The runs and values of a group as the functions of the schema take them: columns, and all that is long as one row of bytes,
// which needs no escapes, with the places in it.

import { type GroupPlan, kindNumber } from './group-plan.js';

export function packBytes({ runs, values }: GroupPlan) {
  const pieces: Uint8Array[] = [];
  let length = 0;
  const placeOf = (bytes: Uint8Array): number => {
    pieces.push(bytes);
    length += bytes.length;
    return length - bytes.length;
  };
  const runAts = runs.map(({ value }) => placeOf(value));
  const valueAts = values.map(({ value }) => placeOf(value));
  return {
    bytes: Buffer.concat(pieces, length),
    runs: {
      documents: runs.map(({ id }) => id.document),
      kinds: runs.map(({ id }) => kindNumber(id)),
      firsts: runs.map(({ firstSeq }) => firstSeq),
      lasts: runs.map(({ lastSeq }) => lastSeq),
      times: runs.map(({ timeMs }) => timeMs),
      links: runs.map(({ link }) => link),
      ats: runAts,
      lengths: runs.map(({ value }) => value.length),
    },
    values: {
      keys: values.map(({ key }) => key),
      ats: valueAts,
      lengths: values.map(({ value }) => value.length),
    },
  };
}
