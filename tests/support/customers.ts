// What the tests of the customer service say again and again: the mutations in one line each, a customer of one's own, and the oracles that see
// whether something was written or told. Everything goes through the graph; random names keep the tests apart on the shared stack.
import { randomUUID } from 'node:crypto';
import { type Answer, type Caller, database, eventually, gql, must, type Read, type Role, readTopic, type TokenSpec } from './stack.ts';

export const word = (): string => randomUUID().slice(0, 8);
/** Digits that nobody else draws. */
export const digits = (n: number): string => Array.from({ length: n }, () => Math.floor(Math.random() * 10)).join('');
/** A US employer number of one's own: its check is its shape. */
export const ein = (): string => `12-${digits(7)}`;
export const mailbox = (): string => `${word()}.${word()}@example.com`;

const ROW = 'id version createdAt createdBy { kind id } updatedAt deletedAt';
const FIELDS = {
  Customer: `${ROW} type displayName status source externalId email phone phoneE164 ownerId parentId processingRestricted doNotProcess`,
  Contact: `${ROW} customerId firstName lastName email phone phoneE164 jobTitle roles isPrimary status communicationPreference doNotContact`,
  Account: `${ROW} customerId legalName dbaName taxId taxIdVerified country industry employeeCount annualRevenue website`,
  Address: `${ROW} customerId addressType isDefault streetLine1 streetLine2 city stateProvince postalCode country latitude longitude`,
  Relationship: `${ROW} fromCustomerId toCustomerId relationshipType notes startDate endDate`,
  StaffMember: `${ROW} name email roles team managerId active`,
};
export type Noun = keyof typeof FIELDS;

const PROBLEMS: Record<string, string> = {
  ProcessingRestricted: 'customerId',
  InactiveOwner: 'ownerId',
  CircularHierarchy: 'path',
  SelfRelationship: 'customerId',
  DuplicateRelationship: 'relationshipId',
  ExternalIdTaken: 'takenById',
  AccountExists: 'accountId',
  InvalidTaxId: 'country',
  StatusFollowsStage: 'allowed',
  RestoreConflict: 'field',
  DuplicateCandidates:
    'overrideToken overrideTokenExpiresAt candidates { hidden score reasons { field level bits } customer { id displayName } }',
};

const MEMBERS: Record<string, string[]> = {
  createCustomer: ['DuplicateCandidates', 'ExternalIdTaken', 'InactiveOwner', 'AccountNotAllowed', 'InvalidTaxId'],
  updateCustomer: ['ExternalIdTaken', 'InactiveOwner', 'CircularHierarchy', 'AccountNotAllowed', 'StatusFollowsStage'],
  restoreCustomer: ['RestoreConflict'],
  createAccount: ['AccountNotAllowed', 'AccountExists', 'InvalidTaxId'],
  updateAccount: ['InvalidTaxId'],
  restoreAccount: ['RestoreConflict'],
  createRelationship: ['SelfRelationship', 'DuplicateRelationship', 'CircularHierarchy'],
  updateRelationship: ['DuplicateRelationship'],
  restoreRelationship: ['RestoreConflict', 'CircularHierarchy'],
};

const selection = (field: string, noun: Noun): string =>
  `__typename ... on ${noun} { ${FIELDS[noun]} } ... on Problem { message } ${[
    ...(MEMBERS[field] ?? []),
    ...(noun === 'StaffMember' || field === 'createCustomer' ? [] : ['ProcessingRestricted']),
  ]
    .filter((p) => PROBLEMS[p])
    .map((p) => `... on ${p} { ${PROBLEMS[p]} }`)
    .join(' ')}`;

export const CREATE = (noun: Noun): string =>
  `mutation($input: Create${noun}Input!) { result: create${noun}(input: $input) { ${selection(`create${noun}`, noun)} } }`;
export const UPDATE = (noun: Noun): string =>
  `mutation($id: ID!, $version: Int!, $input: Update${noun}Input!) { result: update${noun}(id: $id, expectedVersion: $version, input: $input) { ${selection(`update${noun}`, noun)} } }`;
export const DELETE = (noun: Noun): string =>
  `mutation($id: ID!, $version: Int) { result: delete${noun}(id: $id, expectedVersion: $version) { ${selection(`delete${noun}`, noun)} } }`;
export const RESTORE = (noun: Noun): string =>
  `mutation($id: ID!) { result: restore${noun}(id: $id) { ${selection(`restore${noun}`, noun)} } }`;
export const END = `mutation($id: ID!, $endDate: Date, $version: Int) { result: endRelationship(id: $id, endDate: $endDate, expectedVersion: $version) { ${selection('endRelationship', 'Relationship')} } }`;

const result = async (who: Caller, text: string, variables: object): Promise<any> => (await must(who, text, variables)).result;

/** Each answers the union member, whichever it is. */
export const create = (who: Caller, noun: Noun, input: object): Promise<any> => result(who, CREATE(noun), { input });
export const update = (who: Caller, noun: Noun, row: { id: string; version: number }, input: object): Promise<any> =>
  result(who, UPDATE(noun), { id: row.id, version: row.version, input });
export const remove = (who: Caller, noun: Noun, id: string, version?: number): Promise<any> => result(who, DELETE(noun), { id, version });
export const restore = (who: Caller, noun: Noun, id: string): Promise<any> => result(who, RESTORE(noun), { id });
export const end = (who: Caller, id: string, endDate?: string): Promise<any> => result(who, END, { id, endDate });

function made(noun: Noun, row: any): any {
  if (row.__typename !== noun) throw new Error(`expected a ${noun}, got ${JSON.stringify(row)}`);
  return row;
}

/** A new person in the pool. */
export const person = async (input: object = {}, who: Caller = 'sales_manager'): Promise<any> =>
  made('Customer', await create(who, 'Customer', { type: 'INDIVIDUAL', displayName: `Person ${word()}`, ownerId: null, ...input }));

/** A new organisation in the pool. */
export const organisation = (input: object = {}, who: Caller = 'sales_manager'): Promise<any> =>
  person({ type: 'ORGANIZATION', displayName: `Works ${word()}`, ...input }, who);

export const contactOf = async (customerId: string, input: object = {}): Promise<any> =>
  made('Contact', await create('sales_manager', 'Contact', { customerId, firstName: 'Ada', lastName: `Example ${word()}`, ...input }));
/** An address whose coordinates are given, so that nothing about it changes in the background. */
export const addressOf = async (customerId: string, input: object = {}): Promise<any> =>
  made(
    'Address',
    await create('sales_manager', 'Address', {
      customerId,
      addressType: 'BILLING',
      streetLine1: 'Weg 1',
      city: 'Berlin',
      country: 'DE',
      latitude: '52.5',
      longitude: '13.4',
      ...input,
    }),
  );
export const accountOf = async (customerId: string, input: object = {}): Promise<any> =>
  made('Account', await create('sales_manager', 'Account', { customerId, legalName: `Works ${word()} GmbH`, ...input }));

/** A new member of staff; answers the caller to pass as `who`, its id is `sub`. */
export async function staff(role: Role, input: object = {}): Promise<TokenSpec & { sub: string }> {
  const row = made(
    'StaffMember',
    await create('admin', 'StaffMember', {
      name: `Staff ${word()}`,
      email: `${word()}@staff.example`,
      roles: [role.toUpperCase()],
      ...input,
    }),
  );
  return { kind: 'staff', sub: row.id, roles: [role] };
}

/** The customer as admin sees it; `fields` of Customer. */
export const read = async (id: string, fields: string, who: Caller = 'admin'): Promise<any> =>
  (await must(who, `query($id: ID!) { customer(id: $id) { ${fields} } }`, { id })).customer;

/** What was told of a customer on the fact topic, in order, without repeats. */
export async function facts(key: string, untilCount: number): Promise<Array<Read & { type: string }>> {
  const seen = new Map<string, Read & { type: string }>();
  for (const record of await readTopic('crm.customer.events.v1', { key, untilCount })) {
    seen.set(record.headers.ce_sequence!, { ...record, type: record.headers.ce_type!.replace(/^crm\.customer\.|\.v1$/g, '') });
  }
  return [...seen.values()];
}

/** The newest record of a state topic once it satisfies `check`. */
export const state = (topic: string, key: string, check: (data: any, record: Read) => unknown): Promise<any> =>
  eventually(
    async () => {
      const record = (await readTopic(topic, { key })).at(-1);
      if (!record) return null;
      check(record.data, record);
      return record.data;
    },
    { withinMs: 20_000 },
  );

const TABLES = ['customer', 'contact', 'account', 'address', 'relationship', 'external_id', 'staff_member'];

/** Rows written and facts told in the whole service: equal before and after means that nothing happened. Only where nobody else writes. */
export async function footprint(ids: readonly string[]): Promise<object> {
  const db = await database('customer');
  const counts: Record<string, unknown> = {};
  for (const table of TABLES) {
    const column = { customer: 'id', staff_member: 'id', relationship: 'from_customer_id' }[table] ?? 'customer_id';
    const version = table === 'external_id' ? '1' : 'version';
    const { rows } = await db.query(
      `select count(*)::int as count, coalesce(sum(${version}), 0)::int as versions from ${table} where ${column} = any($1)`,
      [ids],
    );
    counts[table] = rows[0];
  }
  const { rows } = await db.query('select coalesce(sum(version), 0)::int as facts from aggregate where key = any($1)', [ids]);
  return { ...counts, ...rows[0] };
}

/** An operation that must fail; answers its error's code and field. */
export async function refusal(who: Caller, text: string, variables: object): Promise<{ code: string; field: string | undefined }> {
  const { errors, data }: Answer = await gql(who, text, variables);
  if (!errors) throw new Error(`expected an error, got ${JSON.stringify(data)}`);
  return { code: errors[0]!.extensions.code, field: errors[0]!.extensions.field };
}
