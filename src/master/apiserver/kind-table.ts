import type { KindDefinition } from '../../api/registry.ts';

/** The kinds served, by path. */
export class KindTable {
  readonly all: readonly KindDefinition[];
  readonly #byPath: ReadonlyMap<string, KindDefinition>;

  constructor(kinds: readonly KindDefinition[]) {
    this.all = kinds;
    this.#byPath = new Map(kinds.map((kind) => [`${kind.group}/${kind.version}/${kind.plural}`, kind]));
  }

  /** @param plural as in the path: `pods`. */
  find(group: string, version: string, plural: string): KindDefinition | undefined {
    return this.#byPath.get(`${group}/${version}/${plural}`);
  }
}

/** `v1`, `apps/v1`. */
export function groupVersionText({ group, version }: { readonly group: string; readonly version: string }): string {
  return group ? `${group}/${version}` : version;
}
