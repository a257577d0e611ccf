// What of the editor the app uses, as a script of its own.

export { createEditor, positionOfEntry, readDocument } from '@weft/editor';
