// Tokens as the host of an application signs them.

import { createHmac } from 'node:crypto';

/** A JWT signed with HS256 (RFC 7515). */
export function signedToken(claims: object, secret: string): string {
  const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');
  const content = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`;
  return `${content}.${createHmac('sha256', secret).update(content).digest('base64url')}`;
}
