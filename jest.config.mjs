// Tests run as ES modules from source; `npm test` (scripts/test.ts) sets NODE_OPTIONS, starts the stack and prints the closing line.
export default {
  testMatch: ['<rootDir>/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/', '<rootDir>/.run', '<rootDir>/.cache'],
  modulePathIgnorePatterns: ['/dist/', '<rootDir>/.run', '<rootDir>/.cache'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': '<rootDir>/scripts/jest-transform.mjs' },
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['node', 'node-addons', 'customer360-source'] },
  cacheDirectory: '<rootDir>/.cache/jest',
  testTimeout: 60_000,
  maxWorkers: 2,
};
