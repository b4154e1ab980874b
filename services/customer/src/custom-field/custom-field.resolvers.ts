// Custom fields in the graph: translation only.
import { createdBy } from '@customer360/kernel/entity';
import { enumOf, memberOf } from '@customer360/kernel/graph';
import type { Resolvers } from '../generated/graphql.ts';
import { textFlags } from '../text-flag/text-flag.resolvers.ts';
import { createCustomField, deleteCustomField, updateCustomField } from './change-custom-field.ts';
import { customFields } from './custom-field.table.ts';
import { CUSTOM_FIELD_TYPES, shownValues } from './custom-field.ts';

const text = (value: unknown): string | null => {
  if (value === undefined || value === null) return null;
  return Array.isArray(value) ? value.join('; ') : String(value);
};

/** The fields that this room gives to Customer. */
export const customFieldsOfCustomer: NonNullable<Resolvers['Customer']> = {
  custom: async (customer, _, ctx) => shownValues(await ctx.loaders.customFields(), customer),
  customFields: async (customer, _, ctx) => {
    const fields = await ctx.loaders.customFields();
    const values = shownValues(fields, customer);
    return fields.map(({ key, label, type }) => ({ key, label, type, value: text(values[key]) }));
  },
};

export const customFieldResolvers: Resolvers = {
  CustomFieldType: enumOf(CUSTOM_FIELD_TYPES),
  Query: { customFields: (_, __, ctx) => customFields(ctx.db) },
  Mutation: {
    createCustomField: (_, { input }, ctx) => createCustomField(ctx, input),
    updateCustomField: (_, { id, expectedVersion, input }, ctx) => updateCustomField(ctx, id, expectedVersion, input),
    deleteCustomField: (_, { id, expectedVersion }, ctx) => deleteCustomField(ctx, id, expectedVersion),
  },
  CustomField: { textFlags, createdBy },
  CreateCustomFieldResult: memberOf('CustomField'),
};
