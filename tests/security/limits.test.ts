// What one caller may ask for, and how fast. Each refusal says the limit, its maximum and what was asked or when to come back; it comes before
// anything is planned or a service is asked, and who is greedy is slowed alone.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type OwnGateway, ownGateway } from '../support/own-gateway.ts';
import { type Answer, gql, stack } from '../support/stack.ts';

const codes = ({ errors }: Pick<Answer, 'errors'> | { errors?: any[] }) => errors?.map((error) => error.extensions.code);

describe('an operation', () => {
  const deep = (levels: number) => `{ customers { nodes { ${'parent { '.repeat(levels)} id ${'} '.repeat(levels)} } } }`;
  test.each([
    ['depth', deep(10), 12],
    ['aliases', `{ ${Array.from({ length: 20 }, (_, i) => `a${i}: __typename`).join(' ')} }`, 15],
    ['directives', `{ __typename ${'@skip(if: false) '.repeat(10)} }`, 5],
    ['directives', `{ __typename ${'@aa'.repeat(10)} }`, 5],
    ['rootFields', `{ ${'__typename '.repeat(30)} }`, 20],
    ['tokens', `{ ${'__typename '.repeat(5_000)} }`, 4_000],
    ['nesting', `{ ${'... { '.repeat(1_300)} __typename ${'} '.repeat(1_300)} }`, 36],
    ['valueDepth', `{ customers(filter: ${'{ all: ['.repeat(500)} ${'] }'.repeat(500)}) { totalCount } }`, 24],
    ['cost', '{ customers(first: 200) { nodes { children(first: 200) { nodes { id contacts(first: 200) { nodes { id } } } } } } }', 20_000],
  ])('beyond the limit on %s is LIMIT_EXCEEDED with the maximum and what was asked', async (limit, query, max) => {
    const answer = await gql('admin', query);
    expect(answer).toMatchObject({ errors: [{ extensions: { code: 'LIMIT_EXCEEDED', limit, max } }] });
    expect(answer.errors).toHaveLength(1);
    expect(answer.errors?.[0]?.extensions.asked).toBeGreaterThan(max);
  });

  test('has variables as deep as a filter needs, and no deeper', async () => {
    const query = 'query($f: CustomerFilter) { customers(filter: $f, first: 1) { nodes { id } } }';
    const nest = (levels: number): object => (levels === 0 ? { displayName: { eq: 'x' } } : { all: [nest(levels - 1)] });
    expect((await gql('admin', query, { f: nest(5) })).errors).toBeUndefined();
    expect(codes(await gql('admin', query, { f: nest(1_000) }))).toEqual(['LIMIT_EXCEEDED']);
  });

  test('has lists of at most 200, refused by name and never cut', async () => {
    const { errors } = await gql('admin', '{ customers(first: 201) { nodes { id } } }');
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: 'first', max: 200, asked: 201 });
  });
});

describe('at a gateway with low limits', () => {
  let own: OwnGateway;
  beforeAll(async () => {
    own = await ownGateway({
      MAX_COST: '500',
      RATE_LIMIT_PER_MINUTE: '60',
      RATE_LIMIT_ANONYMOUS_PER_MINUTE: '20',
      RATE_LIMITS_BY_ROLE: JSON.stringify({
        auditor: { actor: 5 },
        marketing: { total: 8 },
        dpo: { actor: 100_000 },
        support_rep: { actor: 100_000 },
      }),
    });
  }, 60_000);
  afterAll(() => own.close());

  const HEAVY = 'query($n: Int!) { customers(first: $n) { nodes { id contacts(first: $n) { nodes { id } } } } }';
  /** How often a service was asked by this gateway. */
  const asked = async () => {
    const text = await (await fetch(own.graph.replace('/graphql', '/metrics'))).text();
    return [...text.matchAll(/^gateway_subgraph_requests_total\{.*\} (\d+)/gm)].reduce((sum, [, n]) => sum + Number(n), 0);
  };

  test('the cost is counted with the variables and before anything is executed', async () => {
    const token = await own.token({ sub: 'cost' });
    expect((await own.ask(token, HEAVY, { n: 5 })).errors).toBeUndefined();
    const before = await asked();
    const answer = await own.ask(token, HEAVY, { n: 100 });
    expect(answer.errors).toEqual([
      {
        message: expect.stringContaining('at most 500'),
        extensions: { code: 'LIMIT_EXCEEDED', limit: 'cost', max: 500, asked: expect.any(Number) },
      },
    ]);
    expect(answer.errors![0].extensions.asked).toBeGreaterThan(10_000);
    expect(await asked()).toBe(before);
    // Neither a fragment nor an alias hides what is asked.
    const hidden = `{ a: customers(first: 20) { ...c } b: customers(first: 20) { ...c } } fragment c on CustomerConnection { nodes { contacts(first: 20) { nodes { id } } } }`;
    expect(codes(await own.ask(token, hidden))).toEqual(['LIMIT_EXCEEDED']);
  });

  const burst = async (token: string | null, times: number) => {
    const answers = [];
    for (let i = 0; i < times; i++) answers.push(await own.ask(token, '{ __typename }'));
    return answers;
  };
  const limited = (max: number) => ({
    code: 'RATE_LIMITED',
    limit: 'requestsPerMinute',
    max,
    retryAfterMs: expect.any(Number),
  });

  test('an actor has its own allowance, and the refusal says when to come back', async () => {
    const greedy = await own.token({ sub: 'greedy' });
    const answers = await burst(greedy, 70);
    const refused = answers.filter((answer) => answer.status === 429);
    expect(refused.length).toBeGreaterThan(0);
    expect(answers.filter((answer) => answer.status === 200).length).toBeGreaterThanOrEqual(60);
    expect(refused[0]!.errors).toEqual([
      { message: expect.stringMatching(/60 requests per minute; retry in \d+ ms/), extensions: limited(60) },
    ]);
    expect(Number(refused[0]!.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    // Another token of the same actor is the same actor; another actor is not.
    const wait = refused.at(-1)!.errors![0].extensions.retryAfterMs;
    expect(wait).toBeLessThanOrEqual(1_000);
    expect((await burst(await own.token({ sub: 'modest' }), 5)).map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    await new Promise((done) => setTimeout(done, wait + 50));
    expect((await own.ask(greedy, '{ __typename }')).status).toBe(200);
  });

  test('a role may have another allowance, for each of its actors or for all of them together', async () => {
    const auditor = await burst(await own.token({ sub: 'a1', roles: ['auditor'] }), 7);
    expect(auditor.at(-1)!.errors).toMatchObject([{ extensions: limited(5) }]);
    const marketing = [];
    for (let i = 0; i < 12; i++) marketing.push((await burst(await own.token({ sub: `m${i}`, roles: ['marketing'] }), 1))[0]!);
    expect(marketing.slice(0, 8).map(({ status }) => status)).toEqual(Array(8).fill(200));
    expect(marketing.at(-1)!.errors).toMatchObject([{ extensions: limited(8) }]);
  });

  test('somebody without a valid token is limited by address, which costs nobody with a token anything', async () => {
    const anonymous = [...(await burst(null, 15)), ...(await burst('a.b.c', 15))];
    expect(anonymous[0]!.status).toBe(401);
    expect(anonymous.at(-1)!.errors).toMatchObject([{ extensions: limited(20) }]);
    expect((await burst(await own.token({ sub: 'modest' }), 1))[0]!.status).toBe(200);
  });

  test('one greedy client does not slow the others', async () => {
    const query = `{ customersByIds(ids: ["${stack().staff.admin}"]) { id } }`;
    const modest = await own.token({ sub: 'patient', roles: ['support_rep'] });
    const median = async () => {
      const times: number[] = [];
      for (let i = 0; i < 40; i++) {
        const { ms, status } = await own.ask(modest, query);
        expect(status).toBe(200);
        times.push(ms);
      }
      return times.sort((a, b) => a - b)[20]!;
    };
    await median();
    const alone = await median();
    let running = true;
    let sent = 0;
    let refused = 0;
    const flood = async (token: string) => {
      while (running) {
        sent += 1;
        if ((await own.ask(token, HEAVY, { n: 15 })).status === 429) refused += 1;
      }
    };
    const flooding = Promise.all(Array.from({ length: 4 }, async () => flood(await own.token({ sub: 'flood' }))));
    // First its allowance is used up; what follows is refused cheaply.
    while (refused === 0) await new Promise((done) => setTimeout(done, 20));
    const beside = await median();
    running = false;
    await flooding;
    expect(refused / sent).toBeGreaterThan(0.3);
    // Four loops without a pause share this one process and core with the patient one; without the limit it is a multiple of this.
    expect(beside / alone).toBeLessThan(8);
    process.stdout.write(
      `one greedy client: the median of another is ${(beside / alone).toFixed(1)} times what it is alone (${sent} sent, ${refused} refused)\n`,
    );
  });
});
