// Temporary.
import pg from 'pg';
import { raw } from '@customer360/kernel/sql';
import { SYSTEM } from '@customer360/kernel/actor';
import { findNeighbours } from '../../services/customer/src/duplicate/match-key.table.ts';
import { enteredProfile } from '../../services/customer/src/duplicate/find-duplicates.ts';
import { people } from './made-up-people.ts';
import { phoneE164 } from '../../services/customer/src/customer/phone.ts';
const c = new pg.Client('postgres://postgres@127.0.0.1:55999/micro'); await c.connect();
const maker = people(1); for (let i = 0; i < 3000; i++) maker.next();
const times: number[] = [];
await c.query(`set plan_cache_mode = ${process.argv[2] ?? 'auto'}`);
for (let n = 0; n < 60; n++) {
  const e = n % 2 ? maker.next() : maker.again();
  const p = enteredProfile({ type: e.type, displayName: e.name, email: e.email, phone: e.phone }, phoneE164(e.phone, 'DE'));
  let rows = 0;
  await findNeighbours({ query: async (name: string, s: any) => { const t = performance.now(); const r = await c.query({ name: 'x', text: s.text, values: [...s.values] }); times.push(performance.now() - t); rows = r.rows.length;
    if (n === 58 || n === 57) { const x = await c.query({ text: 'explain (analyze, buffers) ' + s.text, values: [...s.values] }); console.log(x.rows.map((r: any) => r['QUERY PLAN']).join('\n')); }
    return r.rows; } } as never, [p], SYSTEM, raw('true'));
  if (n > 40) console.log(e.name, rows, times.at(-1)!.toFixed(2));
}
await c.end();
