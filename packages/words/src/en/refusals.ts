// What the server answers, or does not.

export const unreachable = 'The server cannot be reached.';
export const failed = (status: number) => `The server answered with an error (${status}).`;
export const notUnderstood = 'The server’s answer could not be understood.';
