// A document as the JSON that ProseMirror uses, whatever nodes and marks it holds: what this version's schema does not
// know is kept as it is. `documentFromJson` makes of it what the schema can hold, and says what it could not.

import type { Attrs, Mark, Node } from 'prosemirror-model';
import { schema } from './schema.js';

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
    const blocks: Node[] = [];
    let loose: JsonNode[] = [];
    const finishLoose = (): void => {
      if (loose.length > 0) blocks.push(schema.node('paragraph', null, this.#inline(loose)));
      loose = [];
    };
    for (const node of nodes) {
      if (schema.nodes[node.type as keyof typeof schema.nodes]?.isInline) {
        loose.push(node);
        continue;
      }
      finishLoose();
      blocks.push(...this.#block(node));
    }
    finishLoose();
    return blocks;
  }

  #block(node: JsonNode): Node[] {
    const { type, content = [] } = node;
    switch (type) {
      case 'paragraph':
      case 'heading':
        return [schema.node(type, this.#attrs(node), this.#inline(content))];
      case 'code_block': {
        const code = textOf(node);
        return [schema.node(type, null, code === '' ? [] : [schema.text(code)])];
      }
      case 'horizontal_rule':
        return [schema.node(type)];
      case 'blockquote':
        return [schema.node(type, null, this.blocks(content))];
      case 'bullet_list':
      case 'ordered_list':
        return [
          schema.node(
            type,
            this.#attrs(node),
            content.map((child) => this.#item(child)),
          ),
        ];
      case 'list_item':
        return [schema.node('bullet_list', null, [this.#item(node)])];
      default:
        return this.#unknownBlock(node);
    }
  }

  #item(node: JsonNode): Node {
    return schema.node('list_item', null, this.blocks(node.type === 'list_item' ? (node.content ?? []) : [node]));
  }

  #unknownBlock(node: JsonNode): Node[] {
    this.warnings.add(`A "${node.type}" has no form here: a note stands in its place, and its text follows.`);
    const note = schema.node('paragraph', null, [schema.text(`[${node.type}]`)]);
    const texts = textsOf(node).map((text) => schema.node('paragraph', null, [schema.text(text)]));
    return [note, ...texts];
  }

  #inline(nodes: readonly JsonNode[]): Node[] {
    return nodes.flatMap((node): Node[] => {
      const marks = (node.marks ?? []).flatMap((mark) => this.#mark(mark));
      if (node.type === 'text') return node.text ? [schema.text(node.text, marks)] : [];
      if (node.type === 'image' || node.type === 'hard_break') {
        return [schema.node(node.type, this.#attrs(node), undefined, marks)];
      }
      this.warnings.add(`A "${node.type}" within text has no form here: a note stands in its place.`);
      return [schema.text(`[${[node.type, ...textsOf(node)].join(': ')}]`, marks)];
    });
  }

  /** Of an attribute that the schema refuses, the default. One whose default is null may be a text. */
  #attrs({ type, attrs = {} }: JsonNode): Attrs {
    const defaults: Attrs = schema.nodes[type as keyof typeof schema.nodes]?.create().attrs ?? {};
    return Object.fromEntries(
      Object.entries(defaults).map(([name, value]) => {
        const wanted = value === null ? 'string' : typeof value;
        return [name, typeof attrs[name] === wanted ? attrs[name] : value];
      }),
    );
  }

  #mark({ type, attrs }: JsonMark): Mark[] {
    if (!(type in schema.marks)) {
      this.warnings.add(`Text that is "${type}" has no form here: it is there as plain text.`);
      return [];
    }
    if (type !== 'link') return [schema.mark(type)];
    const { href, title } = (attrs ?? {}) as Record<string, unknown>;
    return [schema.mark('link', { href: String(href ?? ''), title: typeof title === 'string' ? title : null })];
  }
}

const textOf = ({ text = '', content = [] }: JsonNode): string => text + content.map(textOf).join('');

/** The texts of a node, one for each element that holds text itself. */
function textsOf({ content = [] }: JsonNode): string[] {
  const own = content.map(({ text = '' }) => text).join('');
  return [...(own === '' ? [] : [own]), ...content.flatMap(textsOf)];
}
