// How far the other services have followed a merge or an un-merge [WF-CM-002]: each acknowledges every identity's redirect on a state topic of its own.
// Set-based, by redirect version, so that repeats and old news change nothing.
import { newestStates, type Received, type Subscription } from '@customer360/kernel/consumer';
import { sql } from '@customer360/kernel/sql';
import type { Tx } from '@customer360/kernel/transact';
import { FOLLOWERS } from '../merge/merge.ts';

interface RedirectState {
  customerId: string;
  redirectVersion: number;
  appliedAt: string;
  rows: Record<string, number>;
}

export const onRedirectState: readonly Subscription[] = FOLLOWERS.map((service) => ({
  topic: `crm.${service}.redirects.v1`,
  from: 'state',
  handle: (tx, events) => followRedirects(tx, service, events),
}));

async function followRedirects(tx: Tx, service: string, events: readonly Received<RedirectState>[]): Promise<void> {
  const latest = newestStates(events.filter((event) => event.data !== null)).map((event) => event.data!);
  if (latest.length === 0) return;
  await tx.query(
    'followRedirects',
    sql`insert into merge_progress as p (customer_id, service, redirect_version, rows, applied_at)
        select "customerId", ${service}, "redirectVersion", rows, "appliedAt"
        from jsonb_to_recordset(${JSON.stringify(latest)}::jsonb) as news("customerId" uuid, "redirectVersion" int, rows jsonb, "appliedAt" timestamptz)
        on conflict (customer_id, service) do update set redirect_version = excluded.redirect_version, rows = excluded.rows, applied_at = excluded.applied_at
        where excluded.redirect_version > p.redirect_version`,
  );
}
