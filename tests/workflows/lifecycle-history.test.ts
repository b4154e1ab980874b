// LifecycleHistory is an audit trail: nobody changes or removes a row, neither the application (no grant) nor the owner (trigger).
import { expect, test } from '@jest/globals';
import pg from 'pg';
import { newCustomer } from '../support/lifecycle.ts';
import { database, stack } from '../support/stack.ts';

const ATTEMPTS = (id: string): string[] => [
  `update lifecycle_history set reason = 'rewritten' where customer_id = '${id}'`,
  `delete from lifecycle_history where customer_id = '${id}'`,
  'truncate lifecycle_history',
];

test('[LifecycleHistory AC-1] the application role has no right to update, delete or truncate history', async () => {
  const id = await newCustomer();
  const app = new pg.Client({ connectionString: stack().services.lifecycle.database! });
  await app.connect();
  try {
    for (const attempt of ATTEMPTS(id))
      await expect(app.query(attempt)).rejects.toMatchObject({ code: '42501', message: expect.stringContaining('permission denied') });
    const { rows } = await app.query('select reason from lifecycle_history where customer_id = $1', [id]);
    expect(rows).toEqual([{ reason: null }]);
  } finally {
    await app.end();
  }
});

test('[LifecycleHistory AC-1] a trigger refuses even those who hold every right', async () => {
  const id = await newCustomer();
  const superuser = await database('lifecycle');
  for (const attempt of ATTEMPTS(id))
    await expect(superuser.query(attempt)).rejects.toMatchObject({ message: expect.stringContaining('append-only') });
  expect((await superuser.query('select 1 from lifecycle_history where customer_id = $1', [id])).rowCount).toBe(1);
});
