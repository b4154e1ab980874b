// What stands in a cell, as the product's own values: enums by the names that files use in several languages, countries by code or name, numbers as
// the catalogue's ranges. Undefined: the text says none of them.
import countries from 'i18n-iso-countries';
import { isCountry } from '../address/country.ts';
import { normaliseHeader } from './fields.ts';

const among = <V extends string>(spellings: Record<V, string>): ((text: string) => V | undefined) => {
  const byWord = new Map<string, V>();
  for (const [value, text] of Object.entries(spellings) as Array<[V, string]>)
    for (const word of [value, ...text.split(',')]) byWord.set(normaliseHeader(word), value);
  return (text) => byWord.get(normaliseHeader(text));
};

export const customerType = among({
  individual:
    'person,private,private person,consumer,b2c,privat,privatperson,privatkunde,personne,particulier,persona,particular,persona fisica,privato,p,i',
  organization:
    'organisation,company,business,corporate,firm,b2b,account,firma,firmenkunde,unternehmen,geschaftskunde,entreprise,societe,empresa,azienda,bedrijf,o,c',
});
export const customerStatus = among({
  prospect: 'lead,new,open,interessent,potentiel,potencial,potenziale',
  active: 'customer,client,aktiv,kunde,actif,activo,attivo,actief',
  inactive: 'inaktiv,inactif,inactivo,inattivo,inactief,paused',
  churned: 'lost,former,former customer,ehemalig,verloren,perdu,perdido,perso',
});
export const customerSource = among({
  web: 'website,online,internet,form,web form',
  referral: 'empfehlung,recommendation,word of mouth,partner,recommandation,recomendacion',
  sales: 'vertrieb,cold call,trade show,messe,vente,ventas,vendite',
  import: 'file,migration,list,liste',
  api: 'integration',
});
export const addressType = among({
  billing: 'invoice,bill to,rechnung,rechnungsadresse,facturation,facturacion,fatturazione,factuur',
  shipping: 'delivery,ship to,lieferung,lieferadresse,livraison,envio,spedizione,verzending',
  service: 'site,einsatzort,intervention',
  headquarters: 'head office,hq,main,primary,zentrale,hauptsitz,siege,sede,hoofdkantoor',
  other: 'sonstige,autre,otro,altro,overig',
});
const contactRole = among({
  decision_maker: 'decision,decider,entscheider,decideur,decisor',
  billing: 'accounting,invoices,buchhaltung,comptabilite,contabilidad',
  technical: 'technik,it,technique,tecnico',
  champion: 'advocate,sponsor,fursprecher',
  user: 'end user,anwender,utilisateur,usuario,utente',
  other: 'sonstige,autre,otro,altro',
});
export const yesOrNo = (text: string): boolean | undefined => {
  if (/^(1|y|yes|true|t|x|ja|wahr|oui|vrai|si|sí|verdadero|vero|waar|✓)$/i.test(text)) return true;
  return /^(0|n|no|false|f|nein|falsch|non|faux|falso|nee|onwaar|-)$/i.test(text) ? false : undefined;
};

/** Several roles, separated by comma, semicolon, bar or slash. */
export function contactRoles(text: string): Array<NonNullable<ReturnType<typeof contactRole>>> | undefined {
  const roles = text
    .split(/[,;|/]/)
    .filter((part) => part.trim() !== '')
    .map(contactRole);
  return roles.every((role) => role !== undefined) ? [...new Set(roles)] : undefined;
}

const LANGUAGES = ['en', 'de', 'fr', 'es', 'it', 'nl', 'pt', 'pl', 'cs', 'sv', 'da', 'nb', 'fi', 'hu'];
let countryNames: Map<string, string> | undefined;

/** ISO 3166-1 alpha-2 of a code of two or three letters, or of a name in one of 14 languages. */
export function countryCode(text: string): string | undefined {
  const code = text.toUpperCase();
  if (isCountry(code)) return code;
  if (/^[A-Z]{3}$/.test(code)) return countries.alpha3ToAlpha2(code);
  if (!countryNames) {
    countryNames = new Map([
      ['usa', 'US'],
      ['uk', 'GB'],
      ['great britain', 'GB'],
      ['england', 'GB'],
      ['holland', 'NL'],
      ['brd', 'DE'],
    ]);
    for (const language of LANGUAGES)
      for (const [alpha2, names] of Object.entries(countries.getNames(language, { select: 'all' })))
        for (const name of Array.isArray(names) ? names : [names])
          if (!countryNames.has(normaliseHeader(name))) countryNames.set(normaliseHeader(name), alpha2);
  }
  return countryNames.get(normaliseHeader(text));
}

const range = <V extends string>(steps: ReadonlyArray<readonly [number, V]>, others: Record<string, V>) => {
  const values = new Map([...steps.map(([, value]) => [value.toLowerCase(), value] as const), ...Object.entries(others)]);
  return (text: string): V | undefined => {
    const plain = text
      .toLowerCase()
      .replaceAll('–', '-')
      .replace(/\s+(to|bis|a|à)\s+/g, '-')
      .replace(/[\s€$£']/g, '');
    const known = values.get(plain);
    if (known) return known;
    const number = amount(plain);
    return number === undefined ? undefined : steps.find(([below]) => number < below)?.[1];
  };
};

/** `1,250`, `1.250`, `1'250.00`, `2.5M`, `300k`: a number that is not negative. */
function amount(text: string): number | undefined {
  const match = /^(\d[\d.,]*)(k|m|mio|mn|b)?$/.exec(text);
  if (!match) return undefined;
  const digits = /[.,]\d{1,2}$/.test(match[1]!)
    ? `${match[1]!.slice(0, -3).replace(/[.,]/g, '')}${match[1]!.slice(-3).replace(',', '.')}`
    : match[1]!.replace(/[.,]/g, '');
  const number = Number(digits) * { k: 1e3, m: 1e6, mio: 1e6, mn: 1e6, b: 1e9 }[match[2] ?? '']! || Number(digits);
  return Number.isFinite(number) ? number : undefined;
}

export const employeeCount = range(
  [
    [11, '1-10'],
    [51, '11-50'],
    [201, '51-200'],
    [501, '201-500'],
    [1_001, '501-1000'],
    [Number.POSITIVE_INFINITY, '1000+'],
  ],
  { '>1000': '1000+', '1001+': '1000+' },
);
export const annualRevenue = range(
  [
    [100_000, '<100K'],
    [1_000_000, '100K-1M'],
    [10_000_000, '1M-10M'],
    [100_000_000, '10M-100M'],
    [Number.POSITIVE_INFINITY, '100M+'],
  ],
  { '>100m': '100M+' },
);
