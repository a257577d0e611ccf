// Why the server said no to a request. Loaded when it does.

/** @param code  by which the server tells it to programs; it says it to people in English */
export const answered = (_code: string, sentence: string): string => sentence;
