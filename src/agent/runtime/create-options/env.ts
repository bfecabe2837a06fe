/** Docker's form of an environment: `NAME=value`; of two of one name the last holds, as in a Pod. */
export function envOptions(env: readonly { readonly name: string; readonly value: string }[]): { Env: string[] } {
  const byName = new Map<string, string>();
  for (const { name, value } of env) byName.set(name, value);
  return { Env: [...byName].map(([name, value]) => `${name}=${value}`) };
}
