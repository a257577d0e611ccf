// Stands in the place of what finds addresses in text for markdown-it (lean-scripts.ts), which makes one whether it is asked to or not:
// our Markdown is CommonMark, where only what is marked as a link is one.

export default class NoLinksInText {}
