/** Longer texts are cut, and after so many characters in all the rest is dropped (apiserver, warning.go). */
const MAX_TEXT = 256;
const MAX_TOTAL = 4096;

/** A `Warning` header's value: code 299, no agent, the text quoted. Clients drop it silently when it is not exactly so. */
export function warningHeader(text: string): string {
  // Header values are ASCII without control characters.
  const printable = text.replace(/[^\x20-\x7e]/g, '?');
  const quoted = printable.replace(/[\\"]/g, (char) => `\\${char}`);
  return `299 - "${quoted}"`;
}

/** Collects a request's warnings: each once, in order, within bounds. */
export class Warnings {
  readonly #texts = new Set<string>();
  #total = 0;

  add(text: string): void {
    if (this.#texts.has(text) || this.#total > MAX_TOTAL) return;
    const cut = text.length > MAX_TEXT && this.#total > MAX_TOTAL / 2 ? text.slice(0, MAX_TEXT) : text;
    this.#texts.add(cut);
    this.#total += cut.length;
  }

  get headers(): string[] {
    return [...this.#texts].map(warningHeader);
  }
}
