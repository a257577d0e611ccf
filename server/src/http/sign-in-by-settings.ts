// Signing in as the configuration says: by the service it names, if any, and by tickets of the host.

import type { Audit } from '../access/audit.js';
import type { AccessParts } from '../access/create-access.js';
import { type Identity, NOBODY, personOf } from '../access/identity.js';
import { OidcClient } from '../access/oidc.js';
import { SignedValues } from '../access/signed-values.js';
import { tokenIdentity } from '../access/token-claims.js';
import { WebSessions } from '../access/web-sessions.js';
import type { OidcSettings } from '../access-settings.js';
import type { SignInOptions, SignInService } from './sign-in.js';

export interface SignInSettings {
  /** Null: nobody signs in by a service. */
  readonly oidc: OidcSettings | null;
  /** Known where there is a service. */
  readonly publicUrl: string | null;
}

export interface SignInParts {
  readonly parts: Pick<AccessParts, 'signingKey'> & {
    readonly tickets: Pick<AccessParts['tickets'], 'redeem'>;
    readonly revocations: Pick<AccessParts['revocations'], 'covers' | 'revoke'>;
  };
  readonly audit: Audit;
  readonly complain: (sentence: string) => void;
}

export function signInBySettings(
  { oidc, publicUrl }: SignInSettings,
  { parts, audit, complain }: SignInParts,
): Omit<SignInOptions, 'identityOf'> {
  const { signingKey, tickets, revocations } = parts;
  const isRevoked = (identity: Identity): boolean => revocations.covers(identity);
  return {
    service: oidc === null ? null : service(oidc, publicUrl ?? '', signingKey),
    redeem: async (ticket) => {
      const identity = await tickets.redeem(ticket);
      // A ticket for one document is for a connection: a signed-in browser would have more.
      return identity === null || identity.scope !== null || isRevoked(identity) ? null : identity;
    },
    sessions: new WebSessions({ key: signingKey, isRevoked }),
    revoke: async ({ tokenId }) => {
      if (tokenId !== null) await revocations.revoke({ tokenId });
    },
    note: (action, { person }, { visitor }) => audit.note({ action, person, address: visitor.address }),
    complain,
  };
}

function service(settings: OidcSettings, publicUrl: string, signingKey: Uint8Array): SignInService {
  const { issuer, clientId, clientSecret, scopes, claims: names } = settings;
  return {
    client: new OidcClient({ issuer, clientId, clientSecret, scopes, redirectUrl: `${publicUrl}/auth/callback` }),
    pending: new SignedValues(signingKey, 'signing-in'),
    identify: (claims) => {
      try {
        const person = personOf(issuer, String(claims.sub));
        return { ...NOBODY, ...tokenIdentity(claims, names), kind: 'user', person };
      } catch {
        return null;
      }
    },
  };
}
