// How one customer of the demo is made up: a person or an organisation with its contacts and addresses, e-mail, telephone and tax id that hold
// up under their country's rules and occur once. Pure and seeded by the customer's key. [Customer] [Contact] [Address] [Account AC-2]
import { ARCHETYPES, type ArchetypeName } from './archetypes.ts';
import { PRODUCTS } from './conversation.ts';
import { type City, COUNTRIES, type Country } from './countries.ts';
import { type Random, random } from './random.ts';
import type { Crew } from './staff.ts';
import { taxId } from './tax-ids.ts';

/** A customer as it will be created, and what its story needs to know. */
export interface PlannedCustomer {
  /** Stable name; every idempotency key and event id of this customer begins with it. */
  key: string;
  archetype: ArchetypeName;
  /** Stages in order, the first at creation; a won deal may lead on from the last. */
  stages: readonly string[];
  country: Country;
  city: City;
  /** Staff id, or null for the pool. */
  ownerId: string | null;
  /** Staff id of who enters it, or `integration`. */
  creator: string;
  parentKey?: string;
  product: string;
  /** Customer fields as createCustomer takes them, without parent and key. */
  input: Record<string, unknown> & { type: 'INDIVIDUAL' | 'ORGANIZATION'; displayName: string };
  contacts: Array<Record<string, unknown>>;
  addresses: Array<Record<string, unknown>>;
}

const TRADES = [
  ['Bakery', 'Food retail'],
  ['Logistics', 'Transport'],
  ['Print', 'Printing'],
  ['Hotel', 'Hospitality'],
  ['Dental', 'Health care'],
  ['Brewery', 'Beverages'],
  ['Metalworks', 'Manufacturing'],
  ['Software', 'Information technology'],
  ['Estates', 'Property management'],
  ['School', 'Education'],
  ['Garden Centre', 'Retail'],
  ['Municipal Works', 'Utilities'],
  ['Ceramics', 'Manufacturing'],
  ['Cold Storage', 'Logistics'],
  ['Film Studio', 'Media'],
  ['Pharmacy', 'Health care'],
] as const;
const JOBS = [
  ['Managing Director', 'DECISION_MAKER'],
  ['Head of Facilities', 'TECHNICAL'],
  ['Accounts Payable', 'BILLING'],
  ['Energy Officer', 'CHAMPION'],
  ['Site Manager', 'USER'],
  ['Assistant', 'OTHER'],
] as const;
const SOURCES = ['WEB', 'REFERRAL', 'SALES', 'IMPORT', 'API'] as const;
const EMPLOYEES = [
  'EMPLOYEES_1_10',
  'EMPLOYEES_11_50',
  'EMPLOYEES_51_200',
  'EMPLOYEES_201_500',
  'EMPLOYEES_501_1000',
  'EMPLOYEES_OVER_1000',
] as const;
const REVENUES = [
  'REVENUE_UNDER_100K',
  'REVENUE_100K_1M',
  'REVENUE_1M_10M',
  'REVENUE_1M_10M',
  'REVENUE_10M_100M',
  'REVENUE_OVER_100M',
] as const;

/** What is unique over the whole cast: people's names, names in addresses of the net, telephone numbers, tax ids. */
export interface Registry {
  /** Namesakes with numbers of one block would be taken for duplicates: the next family name that is free with this first name. */
  personName(country: Country, firstName: string, lastName: string): [string, string];
  slug(text: string): string;
  phone(country: Country, chance: Random): { phone: string; phoneRegion?: string };
  taxId(country: Country): string;
}

export function createRegistry(): Registry {
  const people = new Set<string>();
  const slugs = new Map<string, number>();
  const phones = new Map<string, number>();
  const taxIds = new Map<string, number>();
  const next = (counts: Map<string, number>, key: string) => {
    const n = counts.get(key) ?? 0;
    counts.set(key, n + 1);
    return n;
  };
  return {
    personName({ lastNames }, firstName, lastName) {
      let at = lastNames.indexOf(lastName);
      for (let tried = 0; people.has(`${firstName} ${lastNames[at]}`) && tried < lastNames.length; tried++)
        at = (at + 1) % lastNames.length;
      people.add(`${firstName} ${lastNames[at]}`);
      return [firstName, lastNames[at]!];
    },
    slug(text) {
      const plain = text.normalize('NFD').replace(/\p{M}/gu, '').replaceAll('ß', 'ss').replaceAll('ø', 'o').toLowerCase();
      const slug = plain.replaceAll(/[^a-z0-9]+/g, '-').replaceAll(/^-|-$/g, '');
      const n = next(slugs, slug);
      return n === 0 ? slug : `${slug}-${n + 1}`;
    },
    phone(country, chance) {
      const { national, international } = country.phone(next(phones, country.code));
      return chance.chance(0.35) ? { phone: national, phoneRegion: country.code } : { phone: international };
    },
    taxId: (country) => taxId(country.code, next(taxIds, country.code)),
  };
}

/** A person. */
export function person(key: string, archetype: ArchetypeName, crew: Crew, registry: Registry, name?: [string, string]): PlannedCustomer {
  const chance = random(`person ${key}`);
  const country = name ? COUNTRIES.find((one) => one.code === 'SE')! : chance.pick(COUNTRIES);
  const [firstName, lastName] = name ?? registry.personName(country, chance.pick(country.firstNames), chance.pick(country.lastNames));
  const city = chance.pick(country.cities);
  const slug = registry.slug(`${firstName}.${lastName}`);
  const planned: PlannedCustomer = {
    ...responsible(chance, country, crew, 0.08, archetype),
    key,
    archetype,
    stages: ARCHETYPES[archetype].stages,
    country,
    city,
    product: chance.pick(PRODUCTS.INDIVIDUAL),
    input: {
      type: 'INDIVIDUAL',
      displayName: `${firstName} ${lastName}`,
      email: `${slug.replace('-', '.')}@post.example`,
      ...registry.phone(country, chance),
      ...common(chance, key, archetype),
    },
    contacts: [],
    addresses: [address(chance, country, city, 'BILLING', true)],
  };
  if (chance.chance(0.06)) planned.addresses.push(address(chance, country, city, 'SERVICE', true));
  if (chance.chance(0.1)) planned.contacts.push(contact(chance, country, registry, `${slug}-home.example`, 5, true));
  return planned;
}

/** An organisation; with a parent, a part of its family. */
export function organisation(
  key: string,
  archetype: ArchetypeName,
  crew: Crew,
  registry: Registry,
  parent?: PlannedCustomer,
  part?: string,
): PlannedCustomer {
  const chance = random(`organisation ${key}`);
  const country = parent?.country ?? chance.pick(COUNTRIES);
  const [trade, industry] = chance.pick(TRADES);
  const family = parent ? parent.input.displayName.split(' ')[0]! : chance.pick(country.lastNames);
  return company({
    key,
    archetype,
    crew,
    registry,
    chance,
    country,
    industry,
    name: `${family} ${part ?? trade}`,
    owner: parent,
    parts: chance.pick([1, 1, 1, 2, 2, 3]),
  });
}

export interface CompanyWish {
  key: string;
  archetype: ArchetypeName;
  crew: Crew;
  registry: Registry;
  chance: Random;
  country: Country;
  industry: string;
  name: string;
  /** Whose owner it shares. */
  owner?: PlannedCustomer;
  /** Number of contacts. */
  parts: number;
}

/** An organisation with account, contacts and addresses. */
export function company({ key, archetype, crew, registry, chance, country, industry, name, owner, parts }: CompanyWish): PlannedCustomer {
  const legalName = `${name} ${chance.pick(country.legalForms)}`;
  const city = chance.pick(country.cities);
  const slug = registry.slug(name);
  const size = chance.int(0, 5);
  const looksAfter = responsible(chance, country, crew, 0.04, archetype);
  const addresses = [address(chance, country, city, 'HEADQUARTERS', true)];
  const elsewhere = (addressType: string) => addresses.push(address(chance, country, chance.pick(country.cities), addressType, true));
  if (parts > 2 || chance.chance(0.2)) elsewhere('BILLING');
  if (parts > 2 || chance.chance(0.1)) elsewhere('SERVICE');
  if (chance.chance(0.08)) elsewhere('SHIPPING');
  return {
    ...looksAfter,
    ...(owner && { ownerId: owner.ownerId, creator: owner.creator }),
    key,
    archetype,
    stages: ARCHETYPES[archetype].stages,
    country,
    city,
    product: chance.pick(PRODUCTS.ORGANIZATION),
    input: {
      type: 'ORGANIZATION',
      displayName: name,
      email: `office@${slug}.example`,
      ...registry.phone(country, chance),
      ...common(chance, key, archetype),
      account: {
        legalName,
        dbaName: chance.chance(0.2) ? name : null,
        taxId: registry.taxId(country),
        country: country.code,
        industry,
        employeeCount: EMPLOYEES[size],
        annualRevenue: REVENUES[size],
        website: `https://www.${slug}.example/`,
      },
    },
    contacts: Array.from({ length: parts }, (_, at) => contact(chance, country, registry, `${slug}.example`, at, at === 0)),
    addresses,
  };
}

/** Who owns it and who enters it: what comes by machine is entered by the integration, the rest by its owner. */
function responsible(
  chance: Random,
  country: Country,
  crew: Crew,
  pool: number,
  archetype: ArchetypeName,
): Pick<PlannedCustomer, 'ownerId' | 'creator'> {
  const rep = chance.pick(crew.reps[country.region]);
  const ownerId = chance.chance(pool) ? null : rep;
  return { ownerId, creator: ownerId === null || archetype === 'dormant' || chance.chance(0.4) ? 'integration' : ownerId };
}

function common(chance: Random, key: string, archetype: ArchetypeName): Record<string, unknown> {
  const first = ARCHETYPES[archetype].stages[0];
  return {
    source: chance.pick(SOURCES),
    externalId: chance.chance(0.5) || key.startsWith('aurora') ? `ERP-${key.toUpperCase()}` : null,
    ...(archetype === 'dormant' ? { status: 'INACTIVE', initialStage: first } : { status: first === 'Customer' ? 'ACTIVE' : 'PROSPECT' }),
  };
}

function contact(
  chance: Random,
  country: Country,
  registry: Registry,
  domain: string,
  job: number,
  isPrimary: boolean,
): Record<string, unknown> {
  const firstName = chance.pick(country.firstNames);
  const lastName = chance.pick(country.lastNames);
  const [jobTitle, role] = JOBS[job % JOBS.length]!;
  return {
    firstName,
    lastName,
    email: isPrimary || chance.chance(0.85) ? `${registry.slug(`${firstName}.${lastName}`).replace('-', '.')}@${domain}` : null,
    ...(chance.chance(0.6) ? registry.phone(country, chance) : {}),
    jobTitle,
    roles: chance.chance(0.25) && role !== 'OTHER' ? [role, 'USER'].filter((one, at, all) => all.indexOf(one) === at) : [role],
    isPrimary,
    communicationPreference: chance.pick(['EMAIL', 'PHONE', 'ANY', 'ANY']),
    doNotContact: chance.chance(0.05),
  };
}

function address(chance: Random, country: Country, city: City, addressType: string, isDefault: boolean): Record<string, unknown> {
  return {
    addressType,
    isDefault,
    streetLine1: country.street(chance.pick(country.streets), chance.int(1, 148)),
    streetLine2: chance.chance(0.1) ? 'c/o Reception' : null,
    city: city.name,
    stateProvince: city.state,
    postalCode: city.postalCode,
    country: country.code,
    latitude: city.latitude,
    longitude: city.longitude,
  };
}
