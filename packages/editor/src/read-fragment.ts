// Reads Yjs as ProseMirror nodes, and never writes to it. Every document can be read: what the schema does not know, or
// has no place for, becomes a placeholder (invariant I12).

import { schema, type UnknownContent } from '@weft/model';
import { Fragment, type Node, type NodeType } from 'prosemirror-model';
import * as Y from 'yjs';
import { nodeWith, readMarks } from './marks-and-attributes.js';
import { type BlockType, childrenOf, type Mirror } from './mirror.js';
import { partsOf } from './text-parts.js';

const { nodes } = schema;
const { unknown_block: unknownBlock, unknown_inline: unknownInline } = nodes;
/** Names that stand for nothing in Yjs. */
const ours: readonly NodeType[] = [nodes.doc, nodes.text, unknownBlock, unknownInline];

/** Reads a block, or takes it from what is known already. */
export type ReadBlock = (y: BlockType) => Mirror;

/** @param readKid  how children are come by */
export function readBlock(y: BlockType, readKid: ReadBlock = readBlock): Mirror {
  const type = y instanceof Y.XmlElement ? typeNamed(y.nodeName) : null;
  if (!type?.isBlock) return placeholder(y);
  const element = y as Y.XmlElement;
  const attrs = element.getAttributes() as Record<string, unknown>;
  if (type.isLeaf) return hasContent(element) ? placeholder(y) : { y, node: nodeWith(type, attrs), kids: [] };
  if (type.inlineContent) return { y, node: nodeWith(type, attrs, readInline(element, type)), kids: [] };
  const kids = readKids(element, type, readKid);
  return kids === null ? placeholder(y) : { y, node: nodeWith(type, attrs, nodesOf(kids)), kids };
}

export function readRoot(y: Y.XmlFragment, readKid: ReadBlock = readBlock): Mirror {
  return rootOf(y, readKids(y, nodes.doc, readKid)!);
}

/** With one paragraph to write in when it is empty, which Yjs does not know of. */
function rootOf(y: Y.XmlFragment, kids: readonly Mirror[]): Mirror {
  const node = kids.length === 0 ? nodes.doc.createAndFill()! : nodes.doc.create(null, nodesOf(kids));
  return { y, node, kids };
}

/** The same block with some children replaced, those at these places. */
export function withKids({ y, node, kids: olds }: Mirror, replaced: ReadonlyMap<number, Mirror>): Mirror {
  const kids = olds.slice();
  let { content } = node;
  for (const [index, kid] of replaced) {
    const fit = fitting([kid], node.type)?.[0];
    if (!fit) return placeholder(y);
    kids[index] = fit;
    content = content.replaceChild(index, fit.node);
  }
  return { y, node: node.copy(content), kids };
}

const nodesOf = (kids: readonly Mirror[]): Fragment => Fragment.fromArray(kids.map(({ node }) => node));

function readKids(y: Y.XmlFragment, type: NodeType, readKid: ReadBlock): readonly Mirror[] | null {
  return fitting(
    childrenOf(y).map((child) => readKid(child)),
    type,
  );
}

/** What has no place becomes a placeholder; null where those have none either. */
function fitting(kids: readonly Mirror[], type: NodeType): readonly Mirror[] | null {
  const fits = ({ node }: Mirror): boolean => type.contentMatch.matchType(node.type) !== null;
  if (kids.every(fits)) return kids;
  if (type.contentMatch.matchType(unknownBlock) === null) return null;
  return kids.map((kid) => (fits(kid) ? kid : placeholder(kid.y)));
}

const placeholder = (y: BlockType): Mirror => ({ y, node: unknownBlock.create(placeholderAttrs(y)), kids: [] });

function readInline(element: Y.XmlElement, parent: NodeType): Fragment {
  const content: Node[] = [];
  for (const child of childrenOf(element)) {
    if (child instanceof Y.XmlText) content.push(...readText(child, parent));
    else content.push(readInlineLeaf(child, parent));
  }
  return Fragment.fromArray(content);
}

function readInlineLeaf(y: BlockType, parent: NodeType): Node {
  const type = y instanceof Y.XmlElement ? typeNamed(y.nodeName) : null;
  if (!type?.isInline || hasContent(y as Y.XmlElement) || parent.contentMatch.matchType(type) === null) {
    return unknownInline.create(placeholderAttrs(y));
  }
  return nodeWith(type, (y as Y.XmlElement).getAttributes() as Record<string, unknown>);
}

function readText(y: Y.XmlText, parent: NodeType): Node[] {
  return partsOf(y).map(({ text, value, attributes }) => {
    if (text !== null) return schema.text(text, readMarks(attributes, parent));
    const content = stringify({ delta: [attributes ? { insert: value, attributes } : { insert: value }] });
    const name = value instanceof Y.AbstractType ? 'object' : Object.keys(value ?? {})[0];
    return unknownInline.create({ name: name ?? 'object', content });
  });
}

interface DeltaPart {
  readonly insert: unknown;
  readonly attributes?: Readonly<Record<string, unknown>>;
}
const deltaOf = (text: Y.XmlText): readonly DeltaPart[] => text.toDelta();

/** Null for what only has the name of something every object has, and for our own placeholders. */
export function typeNamed(name: string): NodeType | null {
  const type = Object.hasOwn(nodes, name) ? nodes[name as keyof typeof nodes] : null;
  return type && !ours.includes(type) ? type : null;
}

const hasContent = (element: Y.XmlElement): boolean =>
  childrenOf(element).some((child) => !(child instanceof Y.XmlText && child.length === 0));

function placeholderAttrs(y: BlockType): { name: string; content: string } {
  return { name: nameOf(y), content: stringify(contentOf(y)) };
}

const nameOf = (y: BlockType): string =>
  y instanceof Y.XmlElement ? y.nodeName : y instanceof Y.XmlHook ? (y.hookName ?? 'hook') : 'text';

function contentOf(y: BlockType): UnknownContent {
  if (y instanceof Y.XmlText) return { delta: deltaOf(y) };
  if (y instanceof Y.XmlHook) return { name: nameOf(y), attrs: y.toJSON(), children: [] };
  const children = childrenOf(y).map(contentOf);
  return { name: nameOf(y), attrs: y instanceof Y.XmlElement ? y.getAttributes() : {}, children };
}

/** The same for everybody, in whatever order values came. */
function stringify(content: UnknownContent): string {
  return JSON.stringify(content, (_key, value: unknown) => {
    if (typeof value === 'bigint') return String(value);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
