// Finds text for people in sources, where it should be a word of the catalogue: between the tags of a template and in its attributes that
// are read, and in every literal that looks like words one says. What looks like them and is none is told apart by where it stands.

import { type ESTree, parseSync } from 'vite';

type Node = { readonly type: string; readonly start: number; readonly end: number } & Readonly<Record<string, unknown>>;

/** Attributes that people see or hear. */
const READ =
  /\s(?:aria-(?:label|description|roledescription|valuetext|placeholder)|title|placeholder|alt|label)=(?:"([^"]*)"|([^\s>"]+))/g;
/** Stands for what a template puts in. */
const HOLE = '\ufffc';

/** What takes text that is none for people. */
const CODE_CALLS =
  /^(?:querySelector|querySelectorAll|closest|matches|matchMedia|RegExp|invariant|warn|addEventListener|setProperty|createElement|createElementNS|supports|css|import|getContext|execCommand|test)$/;
const CODE_KEYS =
  /^(?:class|className|style|d|viewBox|accept|transform|key|keys|group|content|marks|parseDOM|tag|rel|type|cssText)$/;

/** @returns what is said, in the order of the source */
export function findProse(file: string, source: string): string[] {
  const { program, errors } = parseSync(file, source, { lang: 'ts' });
  if (errors.length > 0) throw new Error(`${file} cannot be read: ${errors[0]!.message}`);
  const found: string[] = [];
  walk(program as ESTree.Program & Node, null);
  return found;

  function walk(node: Node, parent: Node | null): void {
    if (isCode(node, parent)) return;
    if (node.type === 'TaggedTemplateExpression' && /^(?:html|svg)$/.test(nameOf(node.tag))) {
      found.push(...proseInHtml(textOf(node.quasi as Node)));
      for (const part of (node.quasi as { expressions: Node[] }).expressions) walk(part, node);
      return;
    }
    if (node.type === 'TemplateLiteral') {
      const text = textOf(node);
      if (isProse(text)) found.push(shown(text));
      for (const part of node.expressions as Node[]) walk(part, node);
      return;
    }
    if (node.type === 'Literal' && typeof node.value === 'string' && isProse(node.value)) found.push(node.value);
    for (const child of childrenOf(node)) walk(child, node);
  }
}

function isCode(node: Node, parent: Node | null): boolean {
  if (/^(?:Import|ExportAll|TS(?!As|Satisfies|NonNull))/.test(node.type)) return true;
  if (node.type === 'CallExpression' || node.type === 'NewExpression') return CODE_CALLS.test(nameOf(node.callee));
  if (node.type === 'BinaryExpression') return /^[!=]==$/.test(node.operator as string);
  if (node.type === 'Property' || node.type === 'PropertyDefinition') return CODE_KEYS.test(nameOf(node.key));
  if (node.type === 'AssignmentExpression') return CODE_KEYS.test(nameOf(node.left));
  return parent?.type === 'ExportNamedDeclaration' && parent.source === node;
}

/** The last name of `a.b.c`. */
function nameOf(node: unknown): string {
  const { type, name, property, value } = node as Record<string, unknown>;
  if (type === 'MemberExpression') return nameOf(property);
  return String(name ?? value ?? '');
}

const childrenOf = (node: Node): Node[] =>
  Object.values(node)
    .flat()
    .filter((value): value is Node => typeof value === 'object' && value !== null && 'type' in value);

const textOf = (template: Node): string =>
  (template.quasis as { value: { cooked: string } }[]).map(({ value }) => value.cooked).join(HOLE);

const shown = (text: string): string => text.replaceAll(HOLE, '…').trim();

function proseInHtml(text: string): string[] {
  const inAttributes = [...text.matchAll(READ)].map(([, quoted, bare]) => quoted ?? bare ?? '');
  const between = text.replace(/<!--.*?-->/gs, '').split(/<[^>]*>/);
  return [...inAttributes, ...between].filter((part) => /\p{L}{2,}/u.test(part.replaceAll(/&\w+;/g, ''))).map(shown);
}

/** Two words, or one that begins as a sentence does. */
const isProse = (text: string): boolean =>
  (/(?:^|[^\p{L}\p{N}-])\p{L}+[,:.]? (?:\ufffc|[„“]?\p{L})/u.test(text) || /^\p{Lu}\p{Ll}+…?$/u.test(text)) &&
  !/[{};=<>]|^[a-z-]+: |^\(/.test(text);
