// The languages there are. What is said in them is imported by subject, as `@weft/words/size`: which language that is, is decided
// where the app is built, by the condition `weft:de` (ADR 0044); everywhere else it is English.

/** By themselves, each in its own words: whoever looks for theirs finds it. */
export const languages = { en: 'English', de: 'Deutsch' } as const;

export type Language = keyof typeof languages;
