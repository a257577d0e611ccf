// Why somebody brings a moment back: in their words, kept with it and in the audit log.

const MAX_REASON_LENGTH = 200;

/** @returns what is wrong with it, in a sentence, or null */
export const faultOfReason = (reason: unknown): string | null =>
  typeof reason === 'string' && reason.length <= MAX_REASON_LENGTH
    ? null
    : `The reason has to be a text of ${MAX_REASON_LENGTH} characters at most.`;
