// Money on its way out: decimal text from Postgres `numeric` becomes a tidy decimal string. Text only, no arithmetic: sums are SQL's work,
// because a JavaScript number would bend them.

/** `1250` → `1250.00`, `0.500000` → `0.50`, `1.005000` → `1.005`: at least two decimals, no trailing zeros beyond. */
export function decimalText(numeric: string): string {
  const [whole, fraction = ''] = numeric.split('.');
  return `${whole}.${fraction.replace(/0+$/, '').padEnd(2, '0')}`;
}

/** An amount of money as the graph shows it. */
export interface Money {
  amount: string;
  currency: string;
}

export const money = (amount: string, currency: string): Money => ({ amount: decimalText(amount), currency });

/** Amounts per currency, tidied, by currency. */
export const moneys = (amounts: readonly Money[] | null): Money[] =>
  (amounts ?? []).map(({ amount, currency }) => money(amount, currency)).sort((a, b) => (a.currency < b.currency ? -1 : 1));
