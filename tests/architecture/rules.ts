// The rules of the rooms (architecture.md) as data: from where an import may not go. Checked over the import statements of every source
// file, with type-only imports included: a dependency of types is one of design.
export interface Rule {
  readonly name: string;
  /** Files that the rule is about, by path from the repository's root. */
  readonly from: RegExp;
  /** Imports that break it: a path from the root, or a package name. */
  readonly never: RegExp;
  /** Unless the file is one of these. */
  readonly except?: RegExp;
}

const DATABASE = /^(typeorm|pg|@customer360\/kernel\/(database|transact|relay|tables))$/;
const GRAPHQL = /^(graphql|@apollo\/.+|@customer360\/kernel\/(subgraph|http))$/;

export const rules: readonly Rule[] = [
  { name: 'a noun is pure: no database', from: /^services\/[^/]+\/src\/([^/]+)\/\1\.ts$/, never: DATABASE },
  { name: 'a noun is pure: no GraphQL', from: /^services\/[^/]+\/src\/([^/]+)\/\1\.ts$/, never: GRAPHQL },
  { name: 'use-cases know no GraphQL', from: /^services\/[^/]+\/src\/[^/]+\/(?!.*\.(resolvers|test)\.ts$)[^/]+\.ts$/, never: GRAPHQL },
  {
    name: 'nobody but the seam knows kafkajs',
    from: /^(services|gateway|packages)\/.+\.ts$/,
    never: /^kafkajs$/,
    except: /^packages\/(kernel|events)\/src\/kafka\.ts$/,
  },
  {
    name: 'resolvers translate: no SQL',
    from: /^services\/[^/]+\/src\/.+\.resolvers\.ts$/,
    never: /^(typeorm|pg|@customer360\/kernel\/sql)$/,
  },
  {
    name: 'tables know no use-cases',
    from: /\.table\.ts$/,
    never: /\/(create|update|delete|restore|log|complete|change|record|request)-[a-z-]+\.ts$/,
  },
  { name: 'a service knows no other service', from: /^services\/customer\//, never: /^(services\/(?!customer\/)|@customer360\/service-)/ },
  {
    name: 'a service knows no other service',
    from: /^services\/interaction\//,
    never: /^(services\/(?!interaction\/)|@customer360\/service-)/,
  },
  {
    name: 'a service knows no other service',
    from: /^services\/lifecycle\//,
    never: /^(services\/(?!lifecycle\/)|@customer360\/service-)/,
  },
  {
    name: 'a service knows no other service',
    from: /^services\/compliance\//,
    never: /^(services\/(?!compliance\/)|@customer360\/service-)/,
  },
  { name: 'the gateway knows no service', from: /^gateway\//, never: /^(services\/|@customer360\/(service-|customer-data))/ },
  {
    name: 'the kernel knows libraries only',
    from: /^packages\/kernel\//,
    never: /^(services|gateway|schemas|packages\/customer-data)\/|^@customer360\/(?!kernel)/,
  },
  {
    name: 'customer-data knows no service',
    from: /^packages\/customer-data\//,
    never: /^(services|gateway)\/|^@customer360\/(service-|gateway)/,
  },
  {
    name: 'the SDK knows nothing of ours',
    from: /^packages\/events\//,
    never: /^(services|gateway|schemas|packages\/(?!events))\/|^@customer360\/(?!events)/,
  },
  {
    name: 'an example knows the SDK alone',
    from: /^examples\//,
    never: /^(services|gateway|packages|scripts)\/|^@customer360\/(?!events)/,
  },
  {
    name: 'tests come through public doors',
    from: /^tests\//,
    never: /^(services|gateway)\/|^@customer360\/(service-|gateway)/,
    except: /^tests\/(architecture|contracts)\//,
  },
];

/** process.env is read in one place per process. */
export const ENV_READERS =
  /^((services\/[^/]+|gateway|infra\/[^/]+|examples\/[^/]+)\/src\/(main|env)\.ts|packages\/kernel\/src\/(env|telemetry)\.ts|(scripts|tests|bench|demo)\/.+)$/;

/** Words that name nothing. */
export const EMPTY_NAMES = /(Manager|Helper|Utils?|Base|Impl|DTO)(\.|$)/;
