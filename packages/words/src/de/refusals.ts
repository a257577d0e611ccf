export const unreachable = 'Der Server ist nicht erreichbar.';
export const failed = (status: number) => `Der Server hat mit einem Fehler geantwortet (${status}).`;
export const notUnderstood = 'Die Antwort des Servers war nicht zu verstehen.';
