// Define custom fields [CustomerForm]: created, relabelled, deleted. Key, type and whether it is personal stay for ever, because values were stored by
// them. A field is in the graph, in filters and in exports at once; deleted, it and its values are shown no more, and erased with their customers.
import { newRow } from '@customer360/kernel/entity';
import { badInput, checkText, expectVersion, notFound, type Problem, problem } from '@customer360/kernel/problem';
import { changesOf, insertRow, updateRow } from '@customer360/kernel/rows';
import { sql } from '@customer360/kernel/sql';
import { type Tx, transact } from '@customer360/kernel/transact';
import type { Ctx } from '../loaders.ts';
import { fact, readRow } from '../write.ts';
import { CustomFieldTable, customFields } from './custom-field.table.ts';
import { type CustomField, type CustomFieldType, LIMITS } from './custom-field.ts';

export interface CreateCustomFieldInput {
  key: string;
  label: string;
  description?: string | null;
  type: CustomFieldType;
  choices?: string[] | null;
  required?: boolean | null;
  personal: boolean;
  idempotencyKey?: string | null;
}

export interface UpdateCustomFieldInput {
  label?: string | null;
  description?: string | null;
  choices?: string[] | null;
  required?: boolean | null;
}

/** Whoever changes the fields waits for each other, so that their number and keys hold. */
const LOCK = 'custom-fields';

/** Adds a field. */
export async function createCustomField(ctx: Ctx, input: CreateCustomFieldInput): Promise<CustomField | Problem> {
  if (!/^[a-z][a-z0-9_]{0,39}$/.test(input.key))
    throw badInput(
      'input.key',
      'is made of lower-case letters, digits and underscores, begins with a letter, and has at most 40 characters',
    );
  checkLabels(input);
  const choices = checkChoices(input.type, input.choices ?? []);
  const once = {
    key: input.idempotencyKey,
    operation: 'createCustomField',
    input,
    replay: (tx: Tx, id: string) => readRow(tx, CustomFieldTable, id),
  };
  return transact<CustomField, Problem>(ctx, { lock: [LOCK], once }, async (tx) => {
    const taken = await tx.one<{ id: string }>(
      'findCustomFieldKey',
      sql`select id from custom_field where entity = 'customer' and key = ${input.key}`,
    );
    if (taken) return problem('CustomFieldKeyTaken', 'This key is or was used; take another one.', { customFieldId: taken.id });
    if ((await customFields(tx)).length >= LIMITS.fields)
      throw badInput('input', `there are ${LIMITS.fields} custom fields already`, { limit: 'customFields', max: LIMITS.fields });
    const { key, label, description = null, type, required, personal } = input;
    const field = await insertRow<CustomField>(tx, CustomFieldTable, {
      ...newRow(tx.actor, tx.now),
      entity: 'customer',
      key,
      label,
      description,
      type,
      choices,
      required: required ?? false,
      personal,
    });
    tx.emit(fact('custom-field-created', field.id, { customFieldId: field.id, version: 1, key, type, required: field.required, personal }));
    return field;
  });
}

/** Changes what may change, at the expected version. */
export async function updateCustomField(
  ctx: Ctx,
  id: string,
  expectedVersion: number,
  input: UpdateCustomFieldInput,
): Promise<CustomField> {
  for (const name of ['label', 'choices', 'required'] as const)
    if (input[name] === null) throw badInput(`input.${name}`, 'cannot be cleared');
  checkLabels(input);
  return transact<CustomField>(ctx, { lock: [LOCK] }, async (tx) => {
    const field = await livingField(tx, id);
    expectVersion('CustomField', field, expectedVersion);
    if (input.choices) checkChoices(field.type, input.choices);
    const changes = changesOf<CustomField>(field, input as Partial<CustomField>);
    if (Object.keys(changes).length === 0) return field;
    const saved = await updateRow(tx, CustomFieldTable, field, changes);
    tx.emit(fact('custom-field-updated', id, { customFieldId: id, version: saved.version, key: field.key, changed: Object.keys(changes) }));
    return saved;
  });
}

/** Deletes a field; its key is never used again. */
export async function deleteCustomField(ctx: Ctx, id: string, expectedVersion?: number | null): Promise<CustomField> {
  return transact<CustomField>(ctx, { lock: [LOCK] }, async (tx) => {
    const field = await livingField(tx, id);
    expectVersion('CustomField', field, expectedVersion);
    const saved = await updateRow(tx, CustomFieldTable, field, { deletedAt: tx.now });
    tx.emit(fact('custom-field-deleted', id, { customFieldId: id, version: saved.version, key: field.key }));
    return saved;
  });
}

async function livingField(tx: Tx, id: string): Promise<CustomField> {
  const field = await tx.manager.getRepository(CustomFieldTable).findOneBy({ id } as never);
  if (!field || field.deletedAt !== null) throw notFound('CustomField', id);
  return field;
}

function checkLabels({ label, description }: UpdateCustomFieldInput): void {
  if (label !== undefined) checkText('input.label', label, { max: 100, required: true });
  checkText('input.description', description, { max: 500 });
}

function checkChoices(type: CustomFieldType, choices: string[]): string[] {
  const wants = type === 'choice' || type === 'multi_choice';
  if (wants !== choices.length > 0) throw badInput('input.choices', wants ? 'is required' : `is not for ${type.toUpperCase()}`);
  if (choices.length > LIMITS.choices)
    throw badInput('input.choices', `has more than ${LIMITS.choices} choices`, {
      limit: 'choices',
      max: LIMITS.choices,
      asked: choices.length,
    });
  choices.forEach((choice, at) => {
    checkText(`input.choices.${at}`, choice, { max: 100, required: true });
    if (choices.indexOf(choice) !== at) throw badInput(`input.choices.${at}`, 'is there twice');
  });
  return choices;
}
