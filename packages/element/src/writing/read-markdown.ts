// What reads Markdown, as a script of its own: loaded when some is pasted.

export { fromMarkdown } from '@weft/model';
