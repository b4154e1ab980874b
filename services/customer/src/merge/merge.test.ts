// The rules of a merge without a database: which value is kept and why, who steps back, which relationships give way, what an un-merge puts back.
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { changeOf, givingWay, type MergeChoice, type MergeField, planFields, putBack, type Redirected, stepBack } from './merge.ts';

const at = (day: number): Date => new Date(Date.UTC(2026, 0, day));
const side = (id: string, customer: object = {}, account: object | null = null): any => ({
  customer: {
    id,
    displayName: id,
    source: null,
    externalId: null,
    email: null,
    emailKey: null,
    phone: null,
    phoneE164: null,
    ownerId: null,
    parentId: null,
    updatedAt: at(1),
    ...customer,
  },
  account: account && {
    legalName: id,
    dbaName: null,
    taxId: null,
    taxIdKey: null,
    taxIdVerified: false,
    country: null,
    industry: null,
    employeeCount: null,
    annualRevenue: null,
    website: null,
    updatedAt: at(1),
    ...account,
  },
});
const fieldOf = (sides: any[], field: MergeField, choices: MergeChoice[] = []) =>
  planFields(sides, choices).find((one) => one.field === field)!;
const email = (text: string) => ({ email: text, emailKey: text.toLowerCase() });

test('[WF-CM-002] each reason decides where it is the best one', () => {
  const of = (a: object, b: object, field: MergeField, choices: MergeChoice[] = []) => {
    const { keptFromId, because, conflict } = fieldOf([side('s', a), side('r', b)], field, choices);
    return [keptFromId, because, conflict];
  };
  expect(of({}, {}, 'email')).toEqual([null, null, false]);
  expect(of({}, email('a@b.example'), 'email')).toEqual(['r', 'only_value', false]);
  expect(of(email('A@b.example'), email('a@b.example'), 'email')).toEqual(['s', 'agreed', false]);
  expect(of(email('a@b.example'), { ...email('c@d.example'), updatedAt: at(2) }, 'email')).toEqual(['r', 'newest', true]);
  expect(of(email('a@b.example'), email('c@d.example'), 'email')).toEqual(['s', 'newest', true]);
  expect(of({ source: 'web' }, { source: 'sales', updatedAt: at(9) }, 'source')).toEqual(['s', 'survivor', true]);
  expect(of({ displayName: 'Example Works' }, { displayName: 'Example Works Nord' }, 'displayName')).toEqual(['r', 'most_complete', true]);
  expect(of({ phone: '123', phoneE164: null, updatedAt: at(9) }, { phone: '+49 30 1', phoneE164: '+49301' }, 'phone')).toEqual([
    'r',
    'most_complete',
    true,
  ]);
  expect(of(email('a@b.example'), email('c@d.example'), 'email', [{ field: 'email', fromId: 'r' }])).toEqual(['r', 'chosen', true]);
  expect(of(email('a@b.example'), {}, 'email', [{ field: 'email', fromId: 'r' }])).toEqual(['r', 'chosen', false]);
  expect(of({ parentId: 'r' }, { parentId: 'p' }, 'parent')).toEqual(['r', 'only_value', false]);
});

test('[WF-CM-002] two different valid tax ids have to be chosen, a valid one beats an unverified one, and the country goes along', () => {
  const tax = (taxId: string, taxIdVerified: boolean) => ({ taxId, taxIdKey: `DE:${taxId}`, taxIdVerified, country: 'DE' });
  const two = [side('s', {}, tax('1', true)), side('r', {}, tax('2', true))];
  expect(fieldOf(two, 'taxId')).toMatchObject({ mustChoose: true });
  expect(fieldOf(two, 'taxId', [{ field: 'taxId', fromId: 'r' }])).toMatchObject({ mustChoose: false, columns: tax('2', true) });
  expect(fieldOf([side('s', {}, tax('1', false)), side('r', {}, tax('2', true))], 'taxId')).toMatchObject({
    because: 'verified',
    kept: '2',
    mustChoose: false,
  });
  expect(fieldOf([side('s', {}, {}), side('r', {}, { country: 'FR' })], 'taxId').columns).toMatchObject({ taxId: null, country: 'FR' });
});

test('[WF-CM-002] one flag of a kind stays: the survivor’s, else that of the first in the order', () => {
  const rows = [
    { id: '1', customerId: 'b', kind: 'x' },
    { id: '2', customerId: 'a', kind: 'x' },
    { id: '3', customerId: 'b', kind: 'y' },
    { id: '4', customerId: 's', kind: 'x' },
  ] as any[];
  expect(stepBack(['s', 'a', 'b'], rows, (row: any) => row.kind).map(({ id }) => id)).toEqual(['2', '1']);
});

const relationship = fc.record({
  id: fc.uuid(),
  newFrom: fc.constantFrom('s', 'x', 'y'),
  newTo: fc.constantFrom('s', 'x', 'y'),
  relationshipType: fc.constantFrom('partner', 'parent_child'),
  startDate: fc.constantFrom(null, '2026-01-01', '2026-02-01'),
  endDate: fc.constantFrom(null, '2026-01-15', '2026-03-01'),
  deletedAt: fc.constantFrom(null, at(1)),
  deletionId: fc.constantFrom(null, 'd'),
  createdAt: fc.integer({ min: 1, max: 28 }).map(at),
});

test('[WF-CM-002] whatever gives way, nothing stands twice at a time, with itself, or as a parent that is not kept; and no less gives way than has to', () => {
  const covers = (a: any, b: any) =>
    (a.startDate !== a.endDate || a.startDate === null) &&
    (b.startDate !== b.endDate || b.startDate === null) &&
    (a.endDate === null || b.startDate === null || b.startDate < a.endDate) &&
    (b.endDate === null || a.startDate === null || a.startDate < b.endDate);
  fc.assert(
    fc.property(fc.array(relationship, { maxLength: 12 }), fc.constantFrom(null, 'x', 'y'), (rows: any[], parent) => {
      const sound = rows.filter((r) => r.startDate === null || r.endDate === null || r.startDate <= r.endDate) as Redirected[];
      const gone = new Set(givingWay(sound, 's', parent));
      const stand = sound.filter((r) => !gone.has(r) && (r.deletedAt === null || r.deletionId !== null));
      for (const r of gone) expect(r.deletedAt === null || r.deletionId !== null).toBe(true);
      for (const [i, a] of stand.entries()) {
        expect(a.newFrom).not.toBe(a.newTo);
        if (a.relationshipType === 'parent_child' && a.endDate === null && a.newTo === 's') expect(a.newFrom).toBe(parent);
        for (const b of stand.slice(i + 1))
          if (a.newFrom === b.newFrom && a.newTo === b.newTo && a.relationshipType === b.relationshipType) expect(covers(a, b)).toBe(false);
      }
      for (const r of gone) {
        const needless =
          r.newFrom !== r.newTo &&
          !(r.relationshipType === 'parent_child' && r.endDate === null && r.newTo === 's') &&
          !stand.some((s) => s.newFrom === r.newFrom && s.newTo === r.newTo && s.relationshipType === r.relationshipType && covers(s, r));
        expect(needless).toBe(false);
      }
    }),
  );
});

const value = fc.option(fc.constantFrom('a', 'b', 'c'));
const row = fc.record({ displayName: value, email: value, emailKey: value, phone: value, phoneE164: value, doNotProcess: fc.boolean() });

test('[WF-CM-002] what nobody changed comes back exactly; what somebody changed stays, with what belongs to it', () => {
  fc.assert(
    fc.property(row, row, row, (before, after, now) => {
      const [change] = changeOf('customer', 'id', before, after);
      if (!change) return expect(before).toEqual(after);
      expect({ ...after, ...putBack(change, after).values }).toEqual(before);
      expect(putBack(change, after).kept).toEqual([]);
      const { values, kept } = putBack(change, now);
      for (const [name, was] of Object.entries(values)) expect(was).toEqual(change.before[name]);
      for (const name of kept) expect(now[name as keyof typeof now]).not.toEqual(change.after[name]);
      // An e-mail address never comes back without its key, nor the key without it.
      if ('email' in change.after && 'emailKey' in change.after) expect('email' in values).toBe('emailKey' in values);
    }),
  );
});
