// Why somebody brings a moment back: in their words, kept with it and in the audit log.

const MAX_REASON_LENGTH = 200;

export const isReason = (reason: unknown): reason is string =>
  typeof reason === 'string' && reason.length <= MAX_REASON_LENGTH;

/** Said of what is none. */
export const NO_REASON = `The reason has to be a text of ${MAX_REASON_LENGTH} characters at most.`;
