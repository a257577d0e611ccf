// What of the editor the app uses, as a script of its own.

export { countSelectedWords, createEditor, entryOfBlock, goToEntry, readDocument } from '@weft/editor';
