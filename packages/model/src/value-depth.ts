// How deep a value may be that came from a page or a clipboard: no deeper than a server takes, or the change with it, and all that is
// written after, would be refused.

const MAX_DEPTH = 32;

/** Whether it is one that can be written and sent. */
export const isShallow = (value: unknown, depth = MAX_DEPTH): boolean =>
  typeof value !== 'object' ||
  value === null ||
  (depth > 0 && Object.values(value).every((inner) => isShallow(inner, depth - 1)));
