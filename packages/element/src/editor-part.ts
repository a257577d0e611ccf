// What a text is shown and written in: more than half of what a document needs, so it is loaded beside the page, which shows
// meanwhile that a text is on its way.

export const loadEditor = () => import('./editor.js');

export type EditorPart = Awaited<ReturnType<typeof loadEditor>>;
