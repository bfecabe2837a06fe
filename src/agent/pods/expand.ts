/**
 * Puts values in the place of `$(NAME)`. `$$` is a dollar sign (so `$$(NAME)` stays text), a name without a value stays as it
 * is written, and so does a reference without its closing bracket. Source: Kubernetes documentation, "Define dependent
 * environment variables"; third_party/forked/golang/expansion.
 */
export function expand(text: string, values: ReadonlyMap<string, string>): string {
  return text.replace(/\$\$|\$\(([^)]*)\)/g, (whole, name: string | undefined) =>
    name === undefined ? '$' : (values.get(name) ?? whole),
  );
}

export interface EnvEntry {
  readonly name: string;
  readonly value: string;
}

/** Literal variables in order, each able to name those before it. Those without a literal value are empty in this version. */
export function expandEnv(env: readonly { readonly name: string; readonly value?: string }[]): EnvEntry[] {
  const values = new Map<string, string>();
  for (const { name, value } of env) values.set(name, expand(value ?? '', values));
  // A name that comes twice keeps the place of its first and the value of its last.
  return [...values].map(([name, value]) => ({ name, value }));
}
