import {
  addQuantity,
  compareQuantity,
  formatQuantity,
  type Quantity,
  tryParseQuantity,
} from '../../api/meta/quantity.ts';

/** Amounts by resource name. */
export type Amounts = ReadonlyMap<string, Quantity>;

export const ONE: Quantity = { nano: 1_000_000_000n, format: 'DecimalSI' };
const ZERO: Quantity = { nano: 0n, format: 'DecimalSI' };

/** Text that is no quantity counts as absent: validation has refused it. */
export function parseAmounts(list: Readonly<Record<string, string | number>> | undefined): Amounts {
  const amounts = new Map<string, Quantity>();
  for (const [name, text] of Object.entries(list ?? {})) {
    const quantity = tryParseQuantity(text);
    if (quantity) amounts.set(name, quantity);
  }
  return amounts;
}

export function countOf(count: number): Quantity {
  return { nano: BigInt(count) * ONE.nano, format: 'DecimalSI' };
}

export function amountOf(amounts: Amounts, name: string): Quantity {
  return amounts.get(name) ?? ZERO;
}

export function addAmounts(a: Amounts, b: Amounts): Amounts {
  return combine(a, b, addQuantity);
}

export function largerAmounts(a: Amounts, b: Amounts): Amounts {
  return combine(a, b, (x, y) => (compareQuantity(x, y) < 0 ? y : x));
}

/** `a - b`, never below zero. */
export function excessOf(a: Amounts, b: Amounts): Amounts {
  return new Map(
    [...a].map(([name, amount]) => {
      const nano = amount.nano - amountOf(b, name).nano;
      return [name, { nano: nano < 0n ? 0n : nano, format: amount.format }];
    }),
  );
}

/** Those of some names alone. */
export function pickAmounts(amounts: Amounts, names: Iterable<string>): Amounts {
  const picked = new Map<string, Quantity>();
  for (const name of names) {
    const amount = amounts.get(name);
    if (amount) picked.set(name, amount);
  }
  return picked;
}

/** As messages of quotas say them: `limits.cpu=1,pods=2`. */
export function amountsText(amounts: Amounts): string {
  const names = [...amounts.keys()].sort();
  return names.map((name) => `${name}=${formatQuantity(amountOf(amounts, name))}`).join(',');
}

/** As objects hold them. */
export function amountsRecord(amounts: Amounts): Record<string, string> {
  return Object.fromEntries([...amounts].map(([name, amount]) => [name, formatQuantity(amount)]));
}

function combine(a: Amounts, b: Amounts, how: (x: Quantity, y: Quantity) => Quantity): Amounts {
  const sum = new Map(a);
  for (const [name, amount] of b) {
    const other = sum.get(name);
    sum.set(name, other ? how(other, amount) : amount);
  }
  return sum;
}
