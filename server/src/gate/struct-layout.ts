// How a struct of a Yjs v1 update begins: one byte of info, of which the low bits tell what it is or holds, and the high
// ones which ids follow. The numbers are those of yjs src/structs.

export const STRUCT_GC = 0;
/** A hole. It has no flags: with any, Yjs' two readers disagree about what it is. */
export const STRUCT_SKIP = 10;

export const CONTENT_BITS = 0x1f;
export const HAS_ORIGIN = 0x80;
export const HAS_RIGHT_ORIGIN = 0x40;
/** A key in the parent, written only when neither origin is. */
export const HAS_PARENT_KEY = 0x20;

export const Content = {
  Deleted: 1,
  Json: 2,
  Binary: 3,
  String: 4,
  Embed: 5,
  Format: 6,
  Type: 7,
  Any: 8,
  Document: 9,
} as const;
