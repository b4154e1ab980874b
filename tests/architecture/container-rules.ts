// What a careful reviewer would refuse in a Dockerfile or a compose file, as functions that answer complaints. There is no container engine here, so
// the files are judged by reading; the rules are hadolint's and the compose specification's that matter to us, and "no default secret".
import { parse } from 'yaml';

/** Complaints about a Dockerfile. */
export function dockerfileComplaints(text: string): string[] {
  const complaints: string[] = [];
  const instructions = text
    .replace(/\\\n/g, ' ')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => ({ name: line.split(/\s+/, 1)[0]!.toUpperCase(), rest: line.replace(/^\S+\s*/, '') }));
  const froms = instructions.filter(({ name }) => name === 'FROM');
  const stages = new Set(froms.map(({ rest }) => / as (\S+)/i.exec(rest)?.[1]).filter(Boolean));
  for (const { rest } of froms) {
    const image = rest.split(/\s+/)[0]!;
    if (!stages.has(image) && !/:\d+\.\d+/.test(image)) complaints.push(`${image} is not pinned to a version`);
  }
  const last = instructions.slice(instructions.findLastIndex(({ name }) => name === 'FROM'));
  const value = (name: string) => last.findLast((instruction) => instruction.name === name)?.rest;
  if (!value('USER') || /^(root|0)\b/.test(value('USER')!)) complaints.push('runs as root');
  if (!value('HEALTHCHECK')) complaints.push('has no HEALTHCHECK');
  if (!value('CMD')?.startsWith('[') || !isJson(value('CMD')!)) complaints.push('CMD is not in exec form, signals would not arrive');
  if (!/\/dist\/main\.js/.test(value('CMD') ?? '')) complaints.push('does not run dist');
  if (last.some(({ name, rest }) => name === 'COPY' && /^\.\s/.test(rest)))
    complaints.push('the last stage copies the whole build context');
  for (const { name, rest } of instructions) {
    if (name === 'ADD') complaints.push('uses ADD instead of COPY');
    if (name === 'MAINTAINER') complaints.push('uses MAINTAINER');
    if (name === 'WORKDIR' && !rest.startsWith('/')) complaints.push(`WORKDIR ${rest} is relative`);
    if (/^(ENV|ARG)$/.test(name) && /(PASSWORD|SECRET|TOKEN|PRIVATE|INNER_KEY)\S*=/i.test(rest)) complaints.push(`${name} holds a secret`);
    if (name === 'RUN' && /\bsudo\b|curl[^|]*\|\s*(ba)?sh/.test(rest)) complaints.push('RUN uses sudo or pipes a download into a shell');
  }
  return complaints;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

interface ComposeService {
  image?: string;
  build?: { context: string; dockerfile: string };
  command?: string[];
  environment?: Record<string, string>;
  ports?: string[];
  volumes?: string[];
  profiles?: string[];
  privileged?: boolean;
  network_mode?: string;
  restart?: string;
  healthcheck?: { test?: string[] };
  depends_on?: Record<string, { condition: string }>;
}
export interface Compose {
  services: Record<string, ComposeService>;
  volumes?: Record<string, unknown>;
}

const KEYS = new Set(
  'image build command environment ports volumes profiles restart read_only tmpfs cap_drop security_opt stop_grace_period healthcheck depends_on'.split(
    ' ',
  ),
);
const CONDITIONS = new Set(['service_started', 'service_healthy', 'service_completed_successfully']);

export const readCompose = (text: string): Compose => parse(text, { merge: true });

/** Complaints about a compose file. */
export function composeComplaints(compose: Compose): string[] {
  const complaints: string[] = [];
  for (const [name, service] of Object.entries(compose.services)) {
    const say = (text: string) => complaints.push(`${name}: ${text}`);
    for (const key of Object.keys(service)) if (!KEYS.has(key)) say(`key ${key} is unknown or not allowed`);
    if (!/:\d+\.\d+/.test(service.image ?? '')) say(`image ${service.image} is not pinned to a version`);
    const isJob = service.restart?.startsWith('on-failure');
    if (!isJob && !service.healthcheck?.test?.length) say('runs for ever and has no health check');
    for (const [other, { condition }] of Object.entries(service.depends_on ?? {})) {
      const target = compose.services[other];
      if (!target) say(`depends on ${other}, which does not exist`);
      else if (!CONDITIONS.has(condition)) say(`condition ${condition} is unknown`);
      else if (condition === 'service_healthy' && !target.healthcheck) say(`waits for the health of ${other}, which has no check`);
      else if (target.profiles && !service.profiles) say(`depends on ${other}, which only a profile starts`);
    }
    for (const [variable, value] of Object.entries(service.environment ?? {})) {
      const development = service.profiles?.includes('development') ?? false;
      const secret = /PASSWORD|SECRET|INNER_KEY|DATABASE_URL/.test(variable);
      if (secret && !development && /:-|:[^?]*@/.test(value.replaceAll(/\$\{[A-Z_]+:\?[^}]*\}/g, '').replace(/postgres:\/\/\w+:@/, ''))) {
        say(`${variable} has a default`);
      }
      if (secret && !value.includes(':?')) say(`${variable} is not required from outside`);
    }
    for (const port of service.ports ?? []) if (!port.startsWith('127.0.0.1:')) say(`port ${port} is open to the network`);
    for (const volume of service.volumes ?? []) {
      const source = volume.split(':')[0]!;
      if (!/^[./]/.test(source) && !(source in (compose.volumes ?? {}))) say(`volume ${source} is not declared`);
    }
  }
  return complaints;
}
