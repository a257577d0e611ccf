// `weft diff`: what two moments of a document differ in, and whose doing that is.

import type { PersonCounts } from '../history/comparison.js';
import type { Moment, MomentName } from '../history/moments.js';
import { documentNamed } from './named-document.js';
import { checkWanted, type Operation } from './operation.js';
import { ASKER, readMoment } from './past.js';
import { readObject, readText } from './read-args.js';

export interface DiffArgs {
  readonly name: string;
  readonly from: MomentName;
  readonly to: MomentName;
}

export interface DiffResult {
  readonly name: string;
  readonly from: Moment;
  readonly to: Moment;
  readonly warnings: readonly string[];
  readonly people: readonly NamedCounts[];
  /** The rest of a Comparison as JSON: whoever holds the log has others to serve, and does not read it. */
  readonly json: string;
}

interface NamedCounts extends PersonCounts {
  /** Null when nobody knows it. */
  readonly name: string | null;
}

export const diffDocument: Operation<DiffArgs, DiffResult> = {
  name: 'diff',
  readArgs: (input) => {
    const args = readObject(input);
    return {
      name: readText(args, 'name'),
      from: readMoment(args.from),
      to: readMoment(args.to),
    };
  },
  run: async ({ name, from, to }, context) => {
    const { name: document } = await documentNamed(name, context);
    context.onProgress({ doing: 'Comparing', done: 0, total: 0 });
    const compared = await context.past.comparisons.compare(document, from, to, ASKER);
    checkWanted(context);
    const known = await context.persons.lookUp(compared.people.map(({ id }) => id));
    const people = compared.people.map((one) => ({ ...one, name: known.get(one.id)?.name ?? null }));
    const json = new TextDecoder().decode(compared.json);
    return { name: document, from: compared.from, to: compared.to, warnings: compared.warnings, people, json };
  },
};
