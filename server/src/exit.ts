// How a process of Weft ends, and what it says to whoever runs it.

/** What a supervisor can branch on. 75 is `EX_TEMPFAIL` of sysexits: starting again is the right answer. */
export const ExitCode = { Ok: 0, Failed: 1, Usage: 2, WriteFailed: 75 } as const;

export const complain = (sentence: string): void => void process.stderr.write(`weft: ${sentence}\n`);
