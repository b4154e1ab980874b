// The weights by which two customers are judged (Fellegi–Sunter): per field and level the share m among pairs that are the same customer, u among strangers
// and, where they are neighbours (a household, firms in one building, sisters of a group), q. These are the shipped ones, good for an empty
// installation; `npm run customer -- matching learn` refits m, u and the expectations from its own data. [Duplicate Detection]

export interface Level {
  readonly m: number;
  readonly u: number;
  /** Among neighbours; u where it says nothing. */
  readonly q?: number;
}

export type Field =
  | 'givenName'
  | 'familyName'
  | 'middleName'
  | 'suffix'
  | 'nameOrder'
  | 'organisationName'
  | 'email'
  | 'phone'
  | 'taxId'
  | 'birthDate'
  | 'street'
  | 'place'
  | 'domain'
  | 'type';

export interface MatchingModel {
  /** `default-1`, or `learned-<n>`. */
  readonly version: string;
  /** How many records of the base a new one is expected to repeat, and how many of its neighbours are expected there: a household, or firms in one house. */
  readonly expected: { readonly same: number; readonly household: number; readonly house: number };
  /** How many strangers in the base share a full name, whatever its rarity: names run in families and cultures. */
  readonly namesakes: { readonly individual: number; readonly organization: number };
  /** How many strangers share an identifier that nobody else in the base has. */
  readonly shared: { readonly email: number; readonly phone: number; readonly taxId: number };
  /** A record filed under another name altogether, among pairs that are the same. */
  readonly renamed: number;
  readonly fields: Readonly<Record<Field, Readonly<Record<string, Level>>>>;
}

/** A model as it was stored, with what has been added to the comparison since. */
export const completed = (model: MatchingModel): MatchingModel => ({
  ...DEFAULT_MODEL,
  ...model,
  fields: Object.fromEntries(
    Object.entries(DEFAULT_MODEL.fields).map(([field, levels]) => [field, { ...levels, ...model.fields[field as Field] }]),
  ) as MatchingModel['fields'],
});

/** A base smaller than this counts as this large: in a small one the staff know their namesakes. */
export const SMALLEST_BASE = 1_000;

export const DEFAULT_MODEL: MatchingModel = {
  version: 'default-1',
  expected: { same: 0.2, household: 0.5, house: 0.12 },
  namesakes: { individual: 0.06, organization: 0.015 },
  shared: { email: 0.0003, phone: 0.04, taxId: 0.002 },
  renamed: 0.03,
  fields: {
    givenName: {
      exact: { m: 0.72, u: 0.006 },
      nickname: { m: 0.07, u: 0.003 },
      initial: { m: 0.03, u: 0.002 },
      close: { m: 0.11, u: 0.005 },
      similar: { m: 0.025, u: 0.02 },
      different: { m: 0.045, u: 0.915 },
    },
    familyName: {
      exact: { m: 0.8, u: 0.001, q: 0.6 },
      close: { m: 0.11, u: 0.002, q: 0.03 },
      partial: { m: 0.02, u: 0.001, q: 0.02 },
      similar: { m: 0.02, u: 0.012, q: 0.012 },
      different: { m: 0.05, u: 0.984, q: 0.338 },
    },
    middleName: { exact: { m: 0.6, u: 0.012 }, initial: { m: 0.3, u: 0.06 }, different: { m: 0.1, u: 0.928 } },
    suffix: { different: { m: 0.02, u: 0.5, q: 0.9 } },
    nameOrder: { swapped: { m: 0.04, u: 0.5 } },
    organisationName: {
      exact: { m: 0.56, u: 0.0002, q: 0.006 },
      reordered: { m: 0.05, u: 0.00005 },
      close: { m: 0.18, u: 0.0005, q: 0.01 },
      contained: { m: 0.09, u: 0.002, q: 0.015 },
      similar: { m: 0.06, u: 0.012, q: 0.04 },
      different: { m: 0.06, u: 0.98, q: 0.92 },
    },
    email: {
      exact: { m: 0.6, u: 0.000001, q: 0.0015 },
      close: { m: 0.09, u: 0.00002 },
      mailbox: { m: 0.05, u: 0.0001 },
      nameMailbox: { m: 0.05, u: 0.02, q: 0.02 },
      different: { m: 0.21, u: 0.98 },
    },
    phone: {
      equal: { m: 0.62, u: 0.00001, q: 0.4 },
      tail: { m: 0.06, u: 0.00002, q: 0.02 },
      oneOff: { m: 0.07, u: 0.00005, q: 0.02 },
      different: { m: 0.25, u: 0.999, q: 0.56 },
    },
    taxId: {
      equal: { m: 0.9, u: 0.000001 },
      oneEdit: { m: 0.06, u: 0.00005 },
      different: { m: 0.04, u: 0.99 },
      differentValid: { m: 0.0005, u: 0.99 },
    },
    birthDate: {
      exact: { m: 0.84, u: 0.00005 },
      close: { m: 0.08, u: 0.0012 },
      parts: { m: 0.03, u: 0.0035 },
      year: { m: 0.02, u: 0.018 },
      different: { m: 0.03, u: 0.97 },
    },
    street: {
      exact: { m: 0.6, u: 0.00001, q: 0.85 },
      close: { m: 0.16, u: 0.0001, q: 0.05 },
      sameStreet: { m: 0.06, u: 0.002, q: 0.04 },
      number: { m: 0.03, u: 0.02, q: 0.01 },
      different: { m: 0.15, u: 0.978, q: 0.05 },
    },
    place: {
      exact: { m: 0.62, u: 0.003, q: 0.9 },
      close: { m: 0.09, u: 0.004, q: 0.03 },
      town: { m: 0.62, u: 0.02, q: 0.9 },
      postcode: { m: 0.08, u: 0.004, q: 0.03 },
      city: { m: 0.1, u: 0.015, q: 0.02 },
      state: { m: 0.03, u: 0.15, q: 0.01 },
      different: { m: 0.08, u: 0.8, q: 0.01 },
    },
    domain: { same: { m: 0.75, u: 0.0005, q: 0.3 }, different: { m: 0.25, u: 0.995, q: 0.7 } },
    type: { different: { m: 0.03, u: 0.4, q: 0.4 } },
  },
};
