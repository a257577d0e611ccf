// What somebody may do in a document: the highest of what their token, the sharing of the document and the defaults give.
// One pure function, which every path asks.

import type { DocumentName, Role } from '@weft/protocol';
import type { AccessSettings } from '../access-settings.js';
import type { Identity } from './identity.js';
import { highestRole, roleByToken } from './role-patterns.js';
import { areEqualHashes } from './secrets.js';
import { hasEnded, type ShareLink, type Sharing } from './sharing-record.js';

export interface Question {
  readonly identity: Identity;
  readonly document: DocumentName;
  readonly sharing: Sharing;
  /** Whether there is such a document: defaults are for those alone. */
  readonly exists: boolean;
  /** Of the secret that was shown; null when none was. */
  readonly linkHash: string | null;
  readonly nowMs: number;
}

export interface Rules {
  readonly settings: AccessSettings;
  /** The one id of somebody who has several. */
  readonly canonical: (person: string) => string;
}

export interface Answer {
  readonly role: Role | null;
  /** Until when it stands if nothing is changed; Infinity: for good. */
  readonly untilMs: number;
  /** What the role would be were the document not in the trash; null where it is not there. */
  readonly trashedRole: Role | null;
}

export const NO_ROLE: Answer = { role: null, untilMs: Number.POSITIVE_INFINITY, trashedRole: null };

export const effectiveRole = (question: Question, rules: Rules): Answer =>
  unlessTrashed(question.sharing, standingRole(question, rules));

/** In a document that is in the trash nobody has a role, whatever else is said of it. */
export const unlessTrashed = ({ trashed }: Sharing, answer: Answer): Answer =>
  trashed === undefined ? answer : { ...answer, role: null, trashedRole: answer.role };

function standingRole(question: Question, rules: Rules): Answer {
  const { identity, document } = question;
  const { scope, kind } = identity;
  if (scope !== null && scope.document !== document) return NO_ROLE;
  if (kind === 'admin') return { ...NO_ROLE, role: 'admin' };
  const isKnown = kind === 'user';
  if (!isKnown && !rules.settings.guests) return NO_ROLE;
  const link = findLink(question);
  const standing = highestRole([
    roleByToken(identity.roles, document),
    ownRole(question, rules),
    isKnown ? question.sharing.everyone : null,
    question.exists ? defaultRole(identity, rules.settings) : null,
  ]);
  const role = highestRole([standing, link?.role ?? null]);
  return { ...NO_ROLE, role, untilMs: role === standing ? NO_ROLE.untilMs : (link?.expiresAtMs ?? NO_ROLE.untilMs) };
}

/** What the settings give somebody in every document there is. */
export function defaultRole({ kind }: Identity, { defaults }: AccessSettings): Role | null {
  if (kind === 'user') return defaults.signedIn;
  return kind === 'admin' ? null : defaults.guests;
}

function ownRole({ identity, sharing }: Question, { canonical }: Rules): Role | null {
  const { person, email } = identity;
  // Nobody is no person: nothing is theirs.
  if (person === '') return null;
  // What was the guest's is the account's, and not the other way round: others may have the guest's identity, too.
  const isSelf = (other: string): boolean => other === person || canonical(other) === person;
  if (sharing.owner !== null && isSelf(sharing.owner)) return 'owner';
  return highestRole(
    sharing.people
      .filter((grant) => (grant.person === null ? grant.email === email : isSelf(grant.person)))
      .map(({ role }) => role),
  );
}

/** Looks at all of them, so that the time says nothing about which it was. */
function findLink({ sharing, linkHash, nowMs }: Question): ShareLink | null {
  if (linkHash === null) return null;
  return sharing.links.filter((link) => areEqualHashes(link.hash, linkHash) && !hasEnded(link, nowMs))[0] ?? null;
}
