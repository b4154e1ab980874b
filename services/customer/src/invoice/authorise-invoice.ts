// Other modules call this before they invoice a customer [Missing required for export]: allowed, with an authorisation that the invoice can cite, or
// blocked with the missing fields. Judged under the customer's lock, so that an answer never rests on a record that is being changed.
import { refuseRestricted } from '@customer360/customer-data/restriction';
import { checkText, type Problem, problem } from '@customer360/kernel/problem';
import { sql } from '@customer360/kernel/sql';
import { type Tx, transact } from '@customer360/kernel/transact';
import type { Ctx } from '../loaders.ts';
import { customerUnderLock, fact, requireCustomer } from '../write.ts';
import { findReadiness, missingForInvoice } from './invoice-readiness.ts';

export interface InvoiceAuthorisation {
  id: string;
  customerId: string;
  reference: string | null;
  createdAt: Date;
}

/** Authorises one invoice. */
export async function authoriseInvoice(
  ctx: Ctx,
  input: { customerId: string; reference?: string | null; idempotencyKey?: string | null },
): Promise<InvoiceAuthorisation | Problem> {
  checkText('input.reference', input.reference, { max: 200 });
  const seen = await requireCustomer(ctx, input.customerId, 'input.customerId');
  const once = { key: input.idempotencyKey, operation: 'authoriseInvoice', input, replay: findAuthorisation };
  return transact<InvoiceAuthorisation, Problem>(ctx, { lock: [seen.id], once }, async (tx) => {
    const customer = await customerUnderLock(tx, seen.id, 'input.customerId');
    const restricted = refuseRestricted(customer, tx.actor);
    if (restricted) return restricted;
    const [readiness] = await findReadiness(tx, [customer.id]);
    const missing = missingForInvoice(readiness!);
    if (missing.length > 0) {
      return problem('InvoiceBlocked', `This customer cannot be invoiced yet; missing: ${missing.join(', ')}.`, { missing });
    }
    const made = { id: crypto.randomUUID(), customerId: customer.id, reference: input.reference?.trim() || null, createdAt: tx.now };
    await tx.query(
      'addInvoiceAuthorisation',
      sql`insert into invoice_authorisation (id, customer_id, origin_customer_id, reference, created_at, created_by_kind, created_by_id)
          values (${made.id}, ${made.customerId}, ${made.customerId}, ${made.reference}, ${made.createdAt}, ${tx.actor.kind}, ${tx.actor.id})`,
    );
    await tx.written('invoice_authorisation', [{ before: null, after: made }]);
    tx.emit(fact('invoice-authorised', customer.id, { authorisationId: made.id, customerId: customer.id }));
    return made;
  });
}

const findAuthorisation = async (tx: Tx, id: string): Promise<InvoiceAuthorisation> =>
  (await tx.one<InvoiceAuthorisation>(
    'findInvoiceAuthorisation',
    sql`select id, customer_id as "customerId", reference, created_at as "createdAt" from invoice_authorisation where id = ${id}`,
  ))!;
