// Why text was refused, set aside, or a document closed. The server and the provider say it in English, and by a code.

/** @param code  of a refusal, or of a draft */
export const refused = (_code: string, sentence: string): string => sentence;
/** @param code  that a document or a connection was closed with */
export const closed = (_code: number, sentence: string): string => sentence;
/** Why somebody who may write cannot now. */
export const onlyReading = (sentence: string): string => sentence;
