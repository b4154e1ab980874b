// The customer's state record on `crm.customer.state.v1`: profile, account, owner, redirect and default addresses as they are now. It is the
// only place where personal values leave this service; bounded, because an organisation's many contacts have a topic of their own.
import { raw, sql } from '@customer360/kernel/sql';
import type { Tx } from '@customer360/kernel/transact';

export const CUSTOMER_STATE_TOPIC = 'crm.customer.state.v1';

/** Publishes the present state of these customers, at the version this transaction reaches. Call it after the last write. */
export async function publishCustomerState(tx: Tx, ids: readonly string[]): Promise<void> {
  const rows = await tx.query<{ customerId: string; state: Record<string, unknown> }>(
    'readCustomerState',
    sql`select c.id as "customerId", ${STATE} as state from customer c
        left join account a on a.customer_id = c.id and a.deleted_at is null
        where c.id = any(${[...ids]}::uuid[])`,
  );
  for (const { customerId, state } of rows) {
    tx.state({ topic: CUSTOMER_STATE_TOPIC, type: 'crm.customer.customer-state.v1', key: customerId, version: 'aggregate', data: state });
  }
}

/** An instant as JSON Schema's date-time wants it. */
const instant = (column: string): string => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

const STATE = raw(`jsonb_build_object(
  'customerId', c.id, 'type', c.type, 'displayName', c.display_name, 'status', c.status, 'source', c.source, 'externalId', c.external_id,
  'email', c.email, 'phone', c.phone, 'ownerId', c.owner_id, 'parentId', c.parent_id, 'mergedInto', c.merged_into, 'redirectVersion', c.redirect_version,
  'deletedAt', ${instant('c.deleted_at')}, 'createdAt', ${instant('c.created_at')}, 'updatedAt', ${instant('c.updated_at')},
  'createdByKind', c.created_by_kind, 'initialStage', c.initial_stage,
  'custom', coalesce(c.custom, '{}') || coalesce(c.custom_personal, '{}'),
  'tagIds', coalesce((select jsonb_agg(distinct t.id) from customer_tag k join tag own on own.id = k.tag_id
    join tag t on t.id = coalesce(own.merged_into, own.id) and t.deleted_at is null where k.customer_id = c.id), '[]'),
  'account', case when a.id is not null then jsonb_build_object('legalName', a.legal_name, 'dbaName', a.dba_name, 'taxId', a.tax_id,
    'country', a.country, 'industry', a.industry, 'employeeCount', a.employee_count, 'annualRevenue', a.annual_revenue, 'website', a.website) end,
  'defaultAddresses', coalesce((select jsonb_agg(jsonb_build_object('addressId', d.id, 'addressType', d.address_type, 'city', d.city,
      'stateProvince', d.state_province, 'postalCode', d.postal_code, 'country', d.country,
      'latitude', d.latitude::text, 'longitude', d.longitude::text, 'coordinatePrecision', d.coordinate_precision) order by d.address_type)
    from address d where d.customer_id = c.id and d.is_default and d.deleted_at is null), '[]'))`);
