/** First come, first served. */
export class Claims<T> {
  readonly #taken = new Map<string, { readonly claimed: T; readonly by: string }>();

  /** @returns undefined when it was free; else what it is, and whose. */
  take(id: string, claimed: T, by: string): { readonly claimed: T; readonly by: string } | undefined {
    const holder = this.#taken.get(id);
    if (!holder) this.#taken.set(id, { claimed, by });
    return holder;
  }

  get all(): T[] {
    return [...this.#taken.values()].map(({ claimed }) => claimed);
  }
}
