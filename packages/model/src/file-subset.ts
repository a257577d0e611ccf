// What any other program's file can hold of a document: a document again, in which attributes are what is shown of them, and what
// only this editor has is its text. What goes is told. Each format then leaves out what it alone cannot hold.

import { type Attrs, Fragment, type Mark, type Node } from 'prosemirror-model';
import { calloutKindOf, codeLanguageOf, colorOf, headingLevelOf, widthOf } from './attributes.js';
import { MENTION_ADDRESS } from './markdown-inline.js';
import { type MarkName, type NodeName, schema } from './schema.js';
import { soundDocument } from './sound-text.js';

/** @param file  what it is called in a sentence, after "the" */
export function forFile(doc: Node, file: string, warnings: Set<string>): Node {
  const sound = soundDocument(doc);
  for (const warning of sound.warnings) warnings.add(warning);
  return doc.copy(new FileReducer(file, warnings).within(sound.doc));
}

class FileReducer {
  readonly #file: string;
  readonly #warnings: Set<string>;

  constructor(file: string, warnings: Set<string>) {
    this.#file = file;
    this.#warnings = warnings;
  }

  within(parent: Node): Fragment {
    return Fragment.fromArray(parent.children.flatMap((node) => this.#reduce(node)));
  }

  #reduce(node: Node): readonly Node[] {
    const { type, attrs } = node;
    if (node.isInline) return this.#inline(node);
    switch (type.name as NodeName) {
      case 'heading':
        return [type.create({ ...attrs, level: headingLevelOf(attrs.level) }, this.within(node))];
      case 'code_block': {
        const code = node.textContent;
        return [type.create({ language: codeLanguageOf(attrs.language) }, code === '' ? [] : [schema.text(code)])];
      }
      case 'callout':
        return [type.create({ kind: calloutKindOf(attrs.kind) }, this.within(node))];
      case 'figure':
        return [type.create(pictureAttrs(attrs), this.within(node))];
      case 'unknown_block': {
        const text = this.#textOfUnknown(node);
        return text === '' ? [] : [schema.node('paragraph', null, [schema.text(text)])];
      }
      default:
        return [node.copy(this.within(node))];
    }
  }

  #inline(node: Node): readonly Node[] {
    const marks = node.marks.flatMap((mark) => this.#mark(mark));
    if (node.type.name === 'unknown_inline') {
      const text = this.#textOfUnknown(node);
      return text === '' ? [] : [schema.text(text, marks)];
    }
    if (node.type.name === 'image') return [node.type.create(pictureAttrs(node.attrs), null, marks)];
    if (!(node.type.name in MENTION_ADDRESS)) return [node.mark(marks)];
    // A mention is written as a link, and no link holds another.
    const link = marks.find(({ type }) => type.name === 'link');
    if (link) this.#warnings.add(`A mention cannot be a link to "${link.attrs.href}" as well: that was left out.`);
    return [node.mark(marks.filter((mark) => mark !== link))];
  }

  /** All that can be said of it elsewhere. */
  #textOfUnknown(node: Node): string {
    this.#warnings.add(`A "${node.attrs.name}" was made with a newer Weft: only its text is in the ${this.#file}.`);
    return node.type.spec.leafText?.(node) ?? '';
  }

  #mark(mark: Mark): readonly Mark[] {
    const { type, attrs } = mark;
    switch (type.name as MarkName) {
      case 'comment':
        this.#warnings.add(`Comments are not part of the ${this.#file}: they were left out.`);
        return [];
      case 'unknown_mark':
        this.#warnings.add(`Text that is "${attrs.key}" was made with a newer Weft: it is there as plain text.`);
        return [];
      case 'highlight':
        return [type.create({ color: colorOf(attrs.color) })];
      case 'text_color':
        return colorOf(attrs.color) === null ? [] : [mark];
      case 'link':
        return [type.create({ href: attrs.href, title: attrs.title || null })];
      default:
        return [mark];
    }
  }
}

/** Of a figure or an image. */
const pictureAttrs = (attrs: Attrs): Attrs => ({
  ...attrs,
  alt: attrs.alt || null,
  ...(attrs.title === undefined ? {} : { title: attrs.title || null }),
  width: widthOf(attrs.width),
});
