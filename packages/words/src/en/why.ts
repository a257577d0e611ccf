// Why text was refused, set aside, or a document closed. The server and the provider say it in English, and by a code. Loaded when the
// first is said.

/** @param code  of a refusal or a draft, or that a document or a connection was closed with */
export const said = (_code: string | number, sentence: string): string => sentence;
