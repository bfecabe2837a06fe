import type { Labels } from '../../../api/meta/labels.ts';

/** Numbers by topology key and value: `zone` `a` has 3. */
export class TopologyCounts {
  readonly #byKey = new Map<string, Map<string, number>>();

  get isEmpty(): boolean {
    return this.#byKey.size === 0;
  }

  /** Adds where the node has the label. */
  add(key: string, labels: Labels, amount: number): void {
    const value = labels[key];
    if (value === undefined) return;
    let values = this.#byKey.get(key);
    if (!values) {
      values = new Map();
      this.#byKey.set(key, values);
    }
    values.set(value, (values.get(value) ?? 0) + amount);
  }

  get(key: string, labels: Labels): number {
    const value = labels[key];
    return value === undefined ? 0 : (this.#byKey.get(key)?.get(value) ?? 0);
  }

  /** Of all keys that these labels have. */
  total(labels: Labels): number {
    let total = 0;
    for (const [key, values] of this.#byKey) {
      const value = labels[key];
      if (value !== undefined) total += values.get(value) ?? 0;
    }
    return total;
  }

  isAnyIn(labels: Labels): boolean {
    for (const key of this.#byKey.keys()) if (this.get(key, labels) > 0) return true;
    return false;
  }
}
