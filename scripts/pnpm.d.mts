export const PNPM: string;
export function pnpmCommand(): string[];
export function pnpmEnvironment(): NodeJS.ProcessEnv;
