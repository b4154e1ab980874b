// Role × field × row, generated from the SDL and walked against the running graph: what @access forbids is FORBIDDEN and names the field, what it
// allows comes; a row out of scope is not found (docs/decisions/0004-row-scope.md), whichever way leads to it.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from '@jest/globals';
import {
  buildClientSchema,
  type GraphQLObjectType,
  type GraphQLSchema,
  getIntrospectionQuery,
  isInterfaceType,
  isObjectType,
} from 'graphql';
import { type Answer, type Caller, gql, must, type Role, type ServiceName, subgraph } from '../support/stack.ts';
import { walked, waysTo, widest, write } from './matrix/operations.ts';
import { type MatrixRow, type MatrixWorld, makeRows, ROWS, type Row } from './matrix/rows.ts';
import { ROLES, readMatrix } from './matrix/table.ts';

const matrix = readMatrix();
const may = (role: Role) => (name: string) => matrix.fields.get(name)?.has(role) ?? false;
let schema: GraphQLSchema;
let world: MatrixWorld;
beforeAll(async () => {
  [schema, world] = await Promise.all([
    must('admin', getIntrospectionQuery({ descriptions: false })).then((data) => buildClientSchema(data)),
    makeRows(),
  ]);
}, 120_000);

/** The decision record as a table. */
function sees(role: Role, row: Row): boolean {
  if (row === 'deleted') return false; // but see the tests of includeDeleted
  if (role === 'customer') return row === 'own';
  if (role === 'sales_rep') return row !== 'other';
  return row !== 'restricted' || role !== 'marketing';
}
const SEES_DELETED: readonly Role[] = ['admin', 'dpo', 'auditor'];
/** An operation, again where a busy machine let a deadline pass. */
async function ask(who: Caller, query: string, variables: object = {}): Promise<Answer> {
  for (let tries = 1; ; tries++) {
    const answer = await gql(who, query, variables);
    if (tries === 8 || !codes(answer).includes('SUBGRAPH_UNAVAILABLE')) return answer;
    await sleep(500);
  }
}
function chunks<T>(list: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, i) => list.slice(i * size, (i + 1) * size));
}
const codes = ({ errors }: Pick<Answer, 'errors'>) => errors?.map((error) => error.extensions.code) ?? [];

test('every field says who may use it, and one that does not would be found', () => {
  expect(matrix.unannotated).toEqual([]);
  expect(matrix.fields.size).toBeGreaterThan(500);
  expect(readMatrix('type A { a: Int @access(roles: ["any"]) b: Int }').unannotated).toEqual(['A.b']);
});

describe.each(ROLES.map((role) => [role]))('%s', (role) => {
  const FIELDS_NAMED = 20;

  test('is refused each field that @access does not allow, by its name, and no other', async () => {
    const through = waysTo(schema, may(role));
    const anyWay = waysTo(schema, () => true);
    let cells = 0;
    const refused: Array<Promise<unknown>> = [];
    const allowed = { query: [] as Parameters<typeof write>[0][number][], mutation: [] as Parameters<typeof write>[0][number][] };
    for (const [name, any] of anyWay) {
      const type = schema.getType(name);
      if (!isObjectType(type) && !isInterfaceType(type)) continue;
      const way = through.get(name) ?? any;
      const fields = Object.values(type.getFields());
      cells += fields.length;
      const yes = fields.filter((field) => may(role)(`${name}.${field.name}`));
      const no = fields.filter((field) => !may(role)(`${name}.${field.name}`));
      const onTheWay = walked(way).filter((step) => !may(role)(step));
      if (yes.length > 0 && onTheWay.length === 0)
        for (const part of chunks(yes, way.steps.length === 0 ? 12 : 60)) allowed[way.root].push({ way, fields: part });
      const judged = onTheWay.length > 0 ? fields : no;
      for (const part of chunks(judged, FIELDS_NAMED - onTheWay.length)) {
        const expected = new Set([...onTheWay, ...part.map((field) => `${name}.${field.name}`).filter((cell) => !may(role)(cell))]);
        // A field of an interface is refused for each type that it may turn out to be.
        refused.push(refusal(write([{ way, fields: part }]).query, [...expected].sort(), isInterfaceType(type)));
      }
    }
    await Promise.all(refused);
    for (const kind of ['query', 'mutation'] as const) {
      for (const groups of [
        ...chunks(
          allowed[kind].filter(({ way }) => way.steps.length > 0),
          6,
        ),
        ...allowed[kind].filter(({ way }) => way.steps.length === 0).map((one) => [one]),
      ]) {
        const { query, incomplete } = write(groups);
        expect(incomplete || kind === 'query').toBe(true); // a mutation must never run
        const answer = await ask(world.caller(role), query);
        expect([query, codes(answer).filter((code) => code !== 'BAD_USER_INPUT')]).toEqual([query, []]);
      }
    }
    expect(cells).toBeGreaterThan(500);
  }, 120_000);

  async function refusal(query: string, expected: string[], more: boolean): Promise<void> {
    const { data, errors } = await ask(world.caller(role), query);
    expect([query, data ?? null, errors?.[0]?.extensions.code]).toEqual([query, null, 'FORBIDDEN']);
    const named: string[] = errors![0]!.extensions.fields;
    if (more) expect(named).toEqual(expect.arrayContaining(expected.slice(0, 5)));
    else expect([query, named]).toEqual([query, expected]);
  }

  test.each(ROWS.map((row) => [row]))('reads every allowed field of a customer of kind "%s", or finds no such customer', async (row) => {
    const query = `query($id: ID!) { customer(id: $id) { ${widest(schema.getType('Customer') as GraphQLObjectType, may(role))} } }`;
    const answer = await ask(world.caller(role), query, { id: world.rows[row].id });
    if (sees(role, row)) {
      expect(answer.errors).toBeUndefined();
      expect(answer.data.customer.id).toBe(world.rows[row].id);
    } else {
      expect(codes(answer)).toEqual(['NOT_FOUND']);
      expect(answer.data.customer).toBeNull();
    }
  });

  test('finds a deleted customer only where the record says so, and only when asked for it', async () => {
    const { id } = world.rows.deleted;
    const answer = await ask(world.caller(role), 'query($id: ID!) { customer(id: $id, includeDeleted: true) { id } }', { id });
    if (SEES_DELETED.includes(role)) expect(answer.data.customer).toEqual({ id });
    else expect([answer.data?.customer ?? null, codes(answer).length]).toEqual([null, 1]);
  });

  test('gets the same answer whichever way leads to the row', async () => {
    const differing: string[] = [];
    let asked = 0;
    await Promise.all(
      ROWS.flatMap((row) =>
        Object.entries(ROUTES).map(async ([name, { needs, query, found }]) => {
          if (needs.some((field) => !may(role)(field)) || (row === 'deleted' && SEES_DELETED.includes(role))) return;
          const rowIds = world.rows[row];
          const answer = await ask(world.caller(role), query, { ...rowIds, hub: world.hub });
          asked += 1;
          const unexpected = codes(answer).filter((code) => code !== 'NOT_FOUND');
          const seen = answer.data ? found(answer.data, rowIds) : false;
          if (unexpected.length > 0 || seen !== sees(role, row))
            differing.push(`${row} by ${name}: ${seen ? 'seen' : 'not seen'} ${unexpected}`);
        }),
      ),
    );
    expect(differing).toEqual([]);
    expect(asked).toBeGreaterThan(role === 'customer' ? 20 : 60);
  }, 60_000);

  test.each(['customer', 'interaction', 'lifecycle', 'compliance'] as ServiceName[])(
    'gets the same answer of %s itself, by reference',
    async (service) => {
      const kind = role === 'customer' ? ('CUSTOMER' as const) : role === 'integration' ? ('API' as const) : ('STAFF' as const);
      const sub = role === 'sales_rep' ? world.rep : randomUUID();
      const actor = { kind, sub, roles: [role], ...(role === 'customer' && { customer_id: world.rows.own.id }) };
      const query = 'query($r: [_Any!]!) { _entities(representations: $r) { ... on Customer { id } } }';
      const r = ROWS.map((row) => ({ __typename: 'Customer', id: world.rows[row].id }));
      const { data, errors } = await subgraph(service, actor, query, { r });
      expect(errors).toBeUndefined();
      const judged = ROWS.filter((row) => row !== 'deleted' || !SEES_DELETED.includes(role));
      const got = judged.map((row) => [row, data._entities[ROWS.indexOf(row)]?.id === world.rows[row].id]);
      expect(got).toEqual(judged.map((row) => [row, sees(role, row)]));
    },
  );
});

interface Route {
  /** Fields that the role must be allowed, or the route is closed to it altogether. */
  readonly needs: readonly string[];
  readonly query: string;
  readonly found: (data: any, row: MatrixRow) => boolean;
}
const ids = (nodes: Array<{ id?: string; customer?: { id: string } | null } | null> | null | undefined) =>
  (nodes ?? []).map((node) => node?.id);
const listed = (field: string, more = ''): Route => ({
  needs: [`Query.${field}`],
  query: `query($id: ID!) { ${field}(filter: { ${more || 'customerId: { eq: $id }'} }) { nodes { customer { id } } } }`,
  found: (data, { id }) => data[field].nodes.some((node: { customer: { id: string } | null }) => node.customer?.id === id),
});
const one = (field: string, key: keyof MatrixRow): Route => ({
  needs: [`Query.${field}`],
  query: `query($${key}: ID!) { ${field}(id: $${key}) { id customer { id } } }`,
  found: (data, row) => data[field]?.customer?.id === row.id,
});
// biome-ignore format: a table of routes
const ROUTES: Record<string, Route> = {
  'customersByIds': { needs: [], query: 'query($id: ID!) { customersByIds(ids: [$id]) { id } }', found: (data, { id }) => ids(data.customersByIds).includes(id) },
  'the list of customers': { needs: [], query: 'query($id: ID!) { customers(filter: { id: { eq: $id } }) { totalCount nodes { id } } }', found: (data, { id }) => ids(data.customers.nodes).includes(id) || data.customers.totalCount > 0 },
  'its parent': { needs: ['Customer.children', 'Customer.parentId'], query: 'query($hub: ID!) { customer(id: $hub) { children(first: 50) { nodes { id } } } }', found: (data, { id }) => ids(data.customer?.children.nodes).includes(id) },
  'its child': { needs: ['Customer.parent'], query: 'query($child: ID!) { customer(id: $child) { parent { id displayName } } }', found: (data, { id }) => data.customer?.parent?.id === id },
  'its grandchildren': { needs: ['Customer.ancestors'], query: 'query($child: ID!) { customer(id: $child) { ancestors { id } } }', found: (data, { id }) => ids(data.customer?.ancestors).includes(id) },
  'a relationship': { needs: ['Customer.relationships'], query: 'query($hub: ID!) { customer(id: $hub) { relationships(first: 50) { nodes { to { id } } } } }', found: (data, { id }) => data.customer?.relationships.nodes.some((node: any) => node.to?.id === id) },
  'its contact': one('contact', 'contact'),
  'the list of contacts': listed('contacts'),
  'the list of addresses': listed('addresses'),
  'the list of accounts': listed('accounts'),
  'its interaction': one('interaction', 'interaction'),
  'the list of interactions': listed('interactions'),
  'its note': one('note', 'note'),
  'the list of notes': listed('notes'),
  'its activity': one('activity', 'activity'),
  'the list of activities': listed('activities'),
  'its lifecycle': listed('customerLifecycles'),
  'its history': listed('lifecycleHistory'),
  'its milestones': listed('milestones'),
  'its consent record': one('consentRecord', 'consentRecord'),
  'the list of consent records': listed('consentRecords'),
  'its deletion request': one('deletionRequest', 'deletionRequest'),
  'the list of deletion requests': listed('deletionRequests'),
};
