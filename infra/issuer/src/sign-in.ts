// The seam between an identity provider and Customer 360 [WF-CM-003]: the provider knows who signs in, Customer 360 knows which customer or member of staff
// that is, and the token says both. A production provider asks the same mutations from its sign-up flow, and for the token of a portal user the query
// `portalSubject`, of staff the mutation `signInStaff`.
import { z } from 'zod';

export const signInRequest = z.strictObject({ token: z.string().min(1).max(200) });
export const linkRequest = z.strictObject({ email: z.email().max(254) });

export interface PortalIdentity {
  subject: string;
  customerId: string;
  contactId: string | null;
}

export interface PortalSeam {
  /** Uses a mailed link up; null where it is used, replaced or expired. */
  redeem(token: string): Promise<PortalIdentity | null>;
  /** Has a link mailed to whoever has access and this address on record. */
  sendLink(email: string): Promise<void>;
}

const REDEEM = `mutation($input: RedeemPortalLinkInput!) {
  redeemPortalLink(input: $input) { ... on PortalUser { subject customerId contactId } }
}`;
const TIMEOUT_MS = 10_000;

const SIGN_IN_STAFF = `mutation($input: SignInStaffInput!) { signInStaff(input: $input) { ... on StaffMember { id roles } } }`;

export interface StaffIdentity {
  id: string;
  roles: string[];
}

/** `serviceToken` makes a token of an integration; `issuer` is the name under which the person's token is signed. */
export function portalSeam(graph: string, issuer: string, serviceToken: () => Promise<string>): PortalSeam {
  return {
    async redeem(token) {
      const { redeemPortalLink } = await ask<{ redeemPortalLink: Partial<PortalIdentity> }>(graph, serviceToken, REDEEM, {
        input: { token, issuer },
      });
      return redeemPortalLink.subject ? (redeemPortalLink as PortalIdentity) : null;
    },
    async sendLink(email) {
      await ask(graph, serviceToken, 'mutation($email: EmailAddress!) { requestPortalSignIn(email: $email) }', { email });
    },
  };
}

/** Uses the link of an invitation up; null where it is used, replaced or expired. The id in the directory becomes the subject. */
export function staffSeam(
  graph: string,
  issuer: string,
  serviceToken: () => Promise<string>,
): (token: string) => Promise<StaffIdentity | null> {
  return async (token) => {
    const { signInStaff } = await ask<{ signInStaff: Partial<StaffIdentity> }>(graph, serviceToken, SIGN_IN_STAFF, {
      input: { token, issuer },
    });
    return signInStaff.id ? (signInStaff as StaffIdentity) : null;
  };
}

async function ask<T>(graph: string, serviceToken: () => Promise<string>, query: string, variables: object): Promise<T> {
  const response = await fetch(graph, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${await serviceToken()}` },
    body: JSON.stringify({ query, variables }),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const { data, errors } = (await response.json()) as { data?: T; errors?: Array<{ extensions?: { code?: string } }> };
  if (!data || errors) throw new Error(`the graph answered ${errors?.[0]?.extensions?.code ?? response.status}`);
  return data;
}

/** Where a mailed link leads on a developer's machine: the secret stays in the browser until somebody presses the button. */
export const SIGN_IN_PAGE = `<!doctype html><meta charset="utf-8"><title>Sign in (development)</title>
<p id="say">This stands where production has the customer portal and the sign-in of staff.</p><button id="go">Sign in</button><pre id="out" style="white-space:pre-wrap"></pre>
<script>
const token = new URLSearchParams(location.hash.slice(1)).get('token');
const out = document.getElementById('out');
if (location.pathname.endsWith('/confirm-email')) {
  document.getElementById('go').remove();
  out.textContent = 'Signed in as the customer, run:\\nmutation { confirmEmailChange(token: "' + token + '") { __typename } }';
}
document.getElementById('go')?.addEventListener('click', async () => {
  const answer = await fetch('sign-in', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ token }) });
  out.textContent = JSON.stringify(await answer.json(), null, 2);
});
</script>
`;
