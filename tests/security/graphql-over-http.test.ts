// The GraphQL over HTTP audits of graphql-http (61 of them: MUST, SHOULD and MAY), each against the running gateway.
import { expect, test } from '@jest/globals';
import { serverAudits } from 'graphql-http';
import { stack } from '../support/stack.ts';

const audits = serverAudits({
  url: () => stack().graph,
  fetchFn: (url: string, init: RequestInit = {}) => {
    const headers = new Headers(init.headers);
    headers.set('authorization', `Bearer ${stack().tokens.admin}`);
    return fetch(url, { ...init, headers });
  },
});

test('there are 61 audits', () => {
  expect(audits).toHaveLength(61);
});

test.each(audits.map((audit) => [`${audit.id} ${audit.name}`, audit] as const))('%s', async (_name, audit) => {
  const result = await audit.fn();
  expect([result.status, 'reason' in result ? result.reason : undefined]).toEqual(['ok', undefined]);
});
