// Whom the server knows is one, whichever of their tabs is shown; anybody else is the tab they have.

export function keyOf(client: number, state: Readonly<Record<string, unknown>> | undefined): string {
  const { person } = (state?.user ?? {}) as { person?: unknown };
  return typeof person === 'string' && person !== '' ? person : `client ${client}`;
}
