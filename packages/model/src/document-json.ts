// A document as the JSON that ProseMirror uses, whatever nodes and marks it holds: what this version's schema does not
// know is kept as it is. `documentFromJson` makes of it what the schema can hold, and says what it could not.

import type { Attrs, Mark, MarkType, Node, NodeType } from 'prosemirror-model';
import { type MarkName, type NodeName, schema } from './schema.js';

export interface JsonMark {
  readonly type: string;
  readonly attrs?: unknown;
}

export interface JsonNode {
  readonly type: string;
  readonly attrs?: Readonly<Record<string, unknown>>;
  readonly content?: readonly JsonNode[];
  readonly marks?: readonly JsonMark[];
  /** Of nodes of the type `text` alone. */
  readonly text?: string;
}

export interface KnownDocument {
  readonly doc: Node;
  /** What has a placeholder in it, or lost its looks, in sentences. */
  readonly warnings: readonly string[];
}

/** Deeper than anybody writes. */
const MAX_DEPTH = 200;

/** Checks the shape of a document that came in. @throws Error with a sentence */
export function readDocumentJson(value: unknown): JsonNode {
  const node = readNode(value, 0);
  if (node.type !== 'doc') throw new Error(`It is a "${node.type}" and not a "doc".`);
  return node;
}

function readNode(value: unknown, depth: number): JsonNode {
  if (depth > MAX_DEPTH) throw new Error(`It is nested more than ${MAX_DEPTH} levels deep.`);
  const { type, attrs, content, marks, text } = readObject(value, 'A node');
  if (typeof type !== 'string' || type === '') throw new Error('A node in it has no type.');
  const marked = marks === undefined ? {} : { marks: readMarks(marks) };
  if (type === 'text') {
    if (typeof text !== 'string' || text === '') throw new Error('A text in it is empty.');
    return { type, text, ...marked };
  }
  if (content !== undefined && !Array.isArray(content)) throw new Error(`The content of a "${type}" in it is no list.`);
  return {
    type,
    ...(attrs === undefined ? {} : { attrs: readObject(attrs, `The attributes of a "${type}"`) }),
    ...(content === undefined ? {} : { content: content.map((child) => readNode(child, depth + 1)) }),
    ...marked,
  };
}

function readMarks(value: unknown): JsonMark[] {
  if (!Array.isArray(value)) throw new Error('The marks of a node in it are no list.');
  return value.map((mark) => {
    const { type, attrs } = readObject(mark, 'A mark');
    if (typeof type !== 'string' || type === '') throw new Error('A mark in it has no type.');
    return attrs === undefined ? { type } : { type, attrs };
  });
}

function readObject(value: unknown, what: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error(`${what} in it is no object.`);
  return value as Record<string, unknown>;
}

/** The document as the schema can hold it. Text is never left out. */
export function documentFromJson({ content = [] }: JsonNode): KnownDocument {
  const reader = new KnownReader();
  const blocks = reader.blocks(content);
  const doc = schema.node('doc', null, blocks.length === 0 ? [schema.node('paragraph')] : blocks);
  return { doc, warnings: [...reader.warnings] };
}

class KnownReader {
  readonly warnings = new Set<string>();

  /** What stands where blocks are: loose text becomes a paragraph. */
  blocks(nodes: readonly JsonNode[]): Node[] {
    return this.#within(schema.nodes.doc, nodes);
  }

  /** The children of a container: what has no place in it is put into what has one, text into a paragraph. */
  #within(parent: NodeType, nodes: readonly JsonNode[]): Node[] {
    const children: Node[] = [];
    let loose: JsonNode[] = [];
    const add = (group: readonly Node[]): void => {
      const [first] = group;
      if (first) children.push(...placed(parent, first.type, group));
    };
    const finishLoose = (): void => {
      if (loose.length > 0) add([schema.node('paragraph', null, this.#inline(loose))]);
      loose = [];
    };
    for (const node of nodes) {
      if (typeNamed(node.type)?.isInline) {
        loose.push(node);
        continue;
      }
      finishLoose();
      add(this.#block(node));
    }
    finishLoose();
    return children;
  }

  #block(node: JsonNode): readonly Node[] {
    const type = typeNamed(node.type);
    const { content = [] } = node;
    if (!type || type === schema.topNodeType || hidesText(type, node)) return this.#unknownBlock(node);
    if (type.isLeaf) return [type.create(acceptedAttrs(type, node.attrs))];
    if (type.spec.code) {
      const code = textOf(node);
      return [type.create(acceptedAttrs(type, node.attrs), code === '' ? [] : [schema.text(code)])];
    }
    const children = type.inlineContent ? this.#inline(content) : this.#within(type, content);
    return [type.create(acceptedAttrs(type, node.attrs), children)];
  }

  #unknownBlock(node: JsonNode): Node[] {
    this.warnings.add(`A "${node.type}" has no form here: a note stands in its place, and its text follows.`);
    const note = schema.node('paragraph', null, [schema.text(`[${node.type}]`)]);
    const texts = textsOf(node).map((text) => schema.node('paragraph', null, [schema.text(text)]));
    return [note, ...texts];
  }

  #inline(nodes: readonly JsonNode[]): Node[] {
    return nodes.flatMap((node): Node[] => {
      const marks = this.#marks(node.marks ?? []);
      if (node.type === 'text') return node.text ? [schema.text(node.text, marks)] : [];
      const type = typeNamed(node.type);
      if (type?.isInline && !hidesText(type, node)) return [type.create(acceptedAttrs(type, node.attrs), null, marks)];
      this.warnings.add(`A "${node.type}" within text has no form here: a note stands in its place.`);
      return [schema.text(`[${[node.type, ...textsOf(node)].join(': ')}]`, marks)];
    });
  }

  #marks(marks: readonly JsonMark[]): readonly Mark[] {
    return marks.reduce<readonly Mark[]>((set, { type: name, attrs }) => {
      const type = Object.hasOwn(schema.marks, name) ? schema.marks[name as MarkName] : null;
      if (type) return type.create(acceptedAttrs(type, attrs)).addToSet(set);
      this.warnings.add(`Text that is "${name}" has no form here: it is there as plain text.`);
      return set;
    }, []);
  }
}

/** Null for what only has the name of something every object has. */
const typeNamed = (name: string): NodeType | null =>
  Object.hasOwn(schema.nodes, name) ? schema.nodes[name as NodeName] : null;

/** Somebody else's program has text in what holds none here. */
const hidesText = (type: NodeType, node: JsonNode): boolean => type.isLeaf && textsOf(node).length > 0;

/** The nodes as children of the parent: each as it is, or all of them in what holds them there. */
function placed(parent: NodeType, childType: NodeType, nodes: readonly Node[]): readonly Node[] {
  const wrapping = parent.contentMatch.findWrapping(childType) ?? [];
  return wrapping.reduceRight<readonly Node[]>((inner, type) => [type.create(null, inner)], nodes);
}

/** Of an attribute that the schema refuses, the default; of values that are none, all of them. */
export function acceptedAttrs(type: NodeType | MarkType, attrs: unknown): Attrs {
  const given = (typeof attrs === 'object' && attrs !== null ? attrs : {}) as Record<string, unknown>;
  return Object.fromEntries(
    Object.keys(type.spec.attrs ?? {}).flatMap((name) => {
      const value = given[name];
      return value !== undefined && accepts(type, { [name]: value }) ? [[name, value]] : [];
    }),
  );
}

function accepts(type: NodeType | MarkType, attrs: Attrs): boolean {
  try {
    type.create(attrs);
    return true;
  } catch {
    return false;
  }
}

/** What an inline node that is no text says. */
const leafText = ({ type, attrs }: JsonNode): string => {
  const label = (typeNamed(type)?.isAtom && (attrs?.label || attrs?.id)) || '';
  return typeof label === 'string' ? label : '';
};

const textOf = (node: JsonNode): string => (node.text ?? leafText(node)) + (node.content ?? []).map(textOf).join('');

/** The texts of a node, one for each element that holds text itself. */
function textsOf({ content = [] }: JsonNode): string[] {
  const own = content.map((child) => child.text ?? leafText(child)).join('');
  return [...(own === '' ? [] : [own]), ...content.flatMap(textsOf)];
}
