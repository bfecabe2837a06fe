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

/** The names that a text refers to and that have no value, in the order of the text. */
export function namesWithoutValue(text: string, values: ReadonlyMap<string, string>): string[] {
  const names = [...text.matchAll(/\$\$|\$\(([^)]*)\)/g)].flatMap(([, name]) => name ?? []);
  return names.filter((name) => !values.has(name));
}
