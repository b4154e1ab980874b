// `npm run codegen`: resolver types of each service from its SDL, into services/<service>/src/generated/graphql.ts (git-ignored). Passed over while the
// SDL and this file are what they were. A service may map types to its rows in codegen.json: `{ "mappers": { "Customer": "../customer/customer.ts#Customer" } }`.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { generate } from '@graphql-codegen/cli';
import { subgraphText } from './compose.ts';
import { inRoot } from './stack/root.ts';
import { SERVICES } from './stack/secrets.ts';
import { Sentence } from './stack/sentence.ts';

const string = { input: 'string', output: 'string' };
const scalars = {
  ID: string,
  DateTime: { input: 'Date', output: 'Date' },
  Date: string,
  EmailAddress: string,
  URL: string,
  CountryCode: string,
  Decimal: string,
  CurrencyCode: string,
  JSONObject: { input: 'Record<string, unknown>', output: 'Record<string, unknown>' },
  _FieldSet: 'string',
};

/** Answers the services whose types were written anew. */
export async function codegen(): Promise<string[]> {
  const written: string[] = [];
  for (const service of SERVICES) {
    const sdl = subgraphText(service);
    const extra = inRoot('services', service, 'codegen.json');
    const settings = existsSync(extra) ? readFileSync(extra, 'utf8') : '{}';
    const output = inRoot('services', service, 'src', 'generated', 'graphql.ts');
    const key = `// ${createHash('sha256')
      .update(sdl)
      .update(settings)
      .update(readFileSync(import.meta.filename))
      .digest('hex')}\n`;
    if (existsSync(output) && readFileSync(output, 'utf8').startsWith(key)) continue;
    const hasContext = existsSync(inRoot('services', service, 'src', 'context.ts'));
    const config = {
      federation: true,
      importExtension: '.ts' as const,
      useTypeImports: true,
      enumsAsTypes: true,
      strictScalars: true,
      scalars,
      defaultScalarType: 'unknown',
      ...(hasContext ? { contextType: '../context.ts#Context' } : {}),
      ...JSON.parse(settings),
    };
    const files = await generate(
      { schema: sdl, generates: { [output]: { plugins: ['typescript', 'typescript-resolvers'], config } }, silent: true, errorsOnly: true },
      false,
    ).catch((error) => {
      throw new Sentence(`Types of ${service} could not be generated: ${error.message}`);
    });
    mkdirSync(dirname(output), { recursive: true });
    writeFileSync(output, key + files[0].content);
    written.push(service);
  }
  return written;
}

if (import.meta.main) {
  const { command } = await import('./stack/command.ts');
  await command(async () => {
    const written = await codegen();
    console.log(written.length > 0 ? `generated the types of ${written.join(', ')}` : 'all generated types are fresh');
  });
}
