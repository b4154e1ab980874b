// What of an error may leave the gateway.
import { expect, test } from '@jest/globals';
import { publicError, tidy } from './errors.ts';

const leak = 'select * from customer; http://10.0.0.1:4001/graphql; query { secret }';

test('codes that are not known are masked, whoever they come from', () => {
  for (const extensions of [
    {},
    { code: 'DOWNSTREAM_SERVICE_ERROR', serviceName: 'customer' },
    { code: 'ECONNREFUSED' },
    { code: 42 },
    undefined,
  ]) {
    const shown = publicError({ message: leak, path: ['a'], extensions: { ...extensions, stacktrace: [leak], query: leak } });
    expect(shown).toEqual({ message: 'Internal server error', path: ['a'], extensions: { code: 'INTERNAL_SERVER_ERROR' } });
  }
});

test('a service cannot speak for the gateway', () => {
  for (const code of ['UNAUTHENTICATED', 'GRAPHQL_VALIDATION_FAILED', 'GRAPHQL_PARSE_FAILED', 'RATE_LIMITED', 'BAD_REQUEST']) {
    expect(publicError({ message: leak, extensions: { code, serviceName: 'customer' } }).extensions?.code).toBe('INTERNAL_SERVER_ERROR');
    expect(publicError({ message: 'own', extensions: { code } }).extensions?.code).toBe(code);
  }
});

test('known codes keep documented extensions only', () => {
  const extensions = {
    code: 'CONFLICT',
    serviceName: 'customer',
    noun: 'Customer',
    id: '1',
    expectedVersion: 1,
    actualVersion: 2,
    sql: leak,
    stacktrace: [leak],
  };
  expect(publicError({ message: 'stale', locations: [{ line: 1, column: 1 }], path: ['a'], extensions })).toEqual({
    message: 'stale',
    path: ['a'],
    extensions: { code: 'CONFLICT', noun: 'Customer', id: '1', expectedVersion: 1, actualVersion: 2 },
  });
});

test('one SUBGRAPH_UNAVAILABLE per service, a limit alone, a request id on internal errors', () => {
  const gone = (service: string) => ({ message: 'gone', extensions: { code: 'SUBGRAPH_UNAVAILABLE', service } });
  const bug = { message: 'Internal server error', extensions: { code: 'INTERNAL_SERVER_ERROR' } };
  expect(tidy([gone('a'), bug, gone('b'), gone('a')], 'r1')).toEqual([
    gone('a'),
    { ...bug, extensions: { code: 'INTERNAL_SERVER_ERROR', requestId: 'r1' } },
    gone('b'),
  ]);
  const limit = { message: 'too deep', extensions: { code: 'LIMIT_EXCEEDED', limit: 'depth' } };
  expect(tidy([{ message: 'unknown directive', extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }, limit], 'r1')).toEqual([limit]);
});
