// Between the values in Yjs and the marks and attributes of the schema. What the schema does not know or cannot read stays
// as it is: a mark becomes a placeholder of itself, an attribute is remembered with the node, and goes where the node goes.

import { schema, wellFormedValue } from '@weft/model';
import { encodeAny, toBase64 } from 'lib0/buffer';
import { digest } from 'lib0/hash/sha256';
import type { Attrs, Fragment, Mark, MarkType, Node, NodeType } from 'prosemirror-model';

type Values = Readonly<Record<string, unknown>>;

const nothing: Values = {};
/** By the attributes of a node that Yjs has: an object that splitting and moving a node hands on. */
const keptOf = new WeakMap<Attrs, Values>();

/** What Yjs knows of a node that its attributes do not say. */
export const keptAttributes = (attrs: Attrs): Values => keptOf.get(attrs) ?? nothing;

/** Whether two nodes have the same beside their attributes. */
export function keepsTheSame(a: Node, b: Node): boolean {
  const [kept, others] = [keptAttributes(a.attrs), keptAttributes(b.attrs)];
  const names = Object.keys(kept);
  return names.length === Object.keys(others).length && names.every((name) => kept[name] === others[name]);
}

/** Whether a node has the attributes of a node in Yjs that is not this one: it is a piece or a copy of that. */
export const isOfAnother = (node: Node, before: Node): boolean => node.attrs !== before.attrs && keptOf.has(node.attrs);

/** Nodes that were made without attributes share one object for them, and nothing can be kept beside it. */
const sharesAttributes = (node: Node): boolean => node.attrs === node.type.create().attrs;

/** The node is from now on what `before` was: it has the same beside its attributes, but for those that were set since. */
export function takeOver(node: Node, before: Node, changed: readonly string[] = []): void {
  if (node.attrs === before.attrs || sharesAttributes(node)) return;
  const kept = Object.entries(keptAttributes(before.attrs)).filter(([name]) => !changed.includes(name));
  keptOf.set(node.attrs, Object.fromEntries(kept));
}

/** A node with the attributes that the schema knows; where it does not know or cannot read one, with the default. */
export function nodeWith(type: NodeType, values: Values, content?: Fragment): Node {
  const specs = type.spec.attrs ?? {};
  const known: Record<string, unknown> = {};
  const kept: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(values)) {
    if (Object.hasOwn(specs, name) && accepts(type, name, value)) known[name] = value;
    else kept[name] = value;
  }
  const node = type.create(known, content);
  keptOf.set(node.attrs, kept);
  return node;
}

function accepts(type: NodeType, name: string, value: unknown): boolean {
  try {
    type.create({ [name]: value });
    return true;
  } catch {
    return false;
  }
}

/** Key and value of a mark where they are not what we would write ourselves. */
const rawOf = new WeakMap<Mark, { readonly key: string; readonly value: unknown }>();
/** y-prosemirror appends a hash to marks that may be on the same text twice. */
const hashed = /^(.*)--[a-zA-Z0-9+/=]{8}$/;

/** @param parent  says which marks may be in it; another becomes a placeholder */
export function readMarks(values: Values | undefined, parent: NodeType): readonly Mark[] {
  let marks: readonly Mark[] = [];
  for (const [key, value] of Object.entries(values ?? {})) marks = readMark(key, value, parent).addToSet(marks);
  return marks;
}

function readMark(key: string, value: unknown, parent: NodeType): Mark {
  const type = schema.marks[(hashed.exec(key)?.[1] ?? key) as keyof typeof schema.marks] as MarkType | undefined;
  if (!type || type === schema.marks.unknown_mark || !parent.allowsMarkType(type)) return unknownMark(key, value);
  const values = typeof value === 'object' && value !== null ? (value as Values) : {};
  const isPlain = key === type.name && Object.keys(values).length === 0 && !type.spec.attrs;
  if (isPlain) return type.create();
  try {
    const mark = type.create({ ...values });
    rawOf.set(mark, { key, value });
    return mark;
  } catch {
    return unknownMark(key, value);
  }
}

const unknownMark = (key: string, value: unknown): Mark => schema.marks.unknown_mark.create({ key, value });

/** As Yjs formats text. */
export function formatOf(marks: readonly Mark[]): Record<string, unknown> {
  const format = marks.map((mark) => {
    if (mark.type === schema.marks.unknown_mark) return [mark.attrs.key, mark.attrs.value];
    const raw = rawOf.get(mark);
    return raw ? [raw.key, raw.value] : [keyOf(mark), { ...mark.attrs }];
  });
  return wellFormedValue(Object.fromEntries(format) as Record<string, unknown>);
}

function keyOf(mark: Mark): string {
  if (mark.type.excludes(mark.type)) return mark.type.name;
  const bytes = digest(encodeAny(mark.toJSON()));
  for (let index = 6; index < bytes.length; index++) bytes[index % 6]! ^= bytes[index]!;
  return `${mark.type.name}--${toBase64(bytes.slice(0, 6))}`;
}
