// Tokens of the stack's own issuer, for `npm start`, the demo data and the benchmarks.
export type TokenKind = 'staff' | 'portal' | 'service';
export type Mint = (
  kind: TokenKind,
  claims: { sub: string; roles?: string[]; customer_id?: string /** Seconds. */; ttl?: number },
) => Promise<string>;

export function minter(issuer: string, secret: string): Mint {
  return async (kind, claims) => {
    const response = await fetch(`${issuer}/${kind}/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${secret}` },
      body: JSON.stringify(claims),
    });
    if (!response.ok) throw new Error(`the issuer answered ${response.status}: ${await response.text()}`);
    return ((await response.json()) as { token: string }).token;
  };
}
