/**
 * How far the rules of the connected nodes are behind the endpoints of Services: a pod that leaves is told to stop when no node
 * sends it connections any more. A node that is not connected is not waited for.
 */
export class ServicesProgressLedger {
  #newest: number;
  /** By connected node: the newest change that its rules hold. */
  readonly #applied = new Map<string, number>();

  /** @param start above what a master before this one may have counted: its numbers may still be on their way */
  constructor(start: number) {
    this.#newest = start;
  }

  /** How many changes there were. */
  get newest(): number {
    return this.#newest;
  }

  /** The newest change that is in the rules of every connected node. */
  get everywhere(): number {
    return Math.min(this.#newest, ...this.#applied.values());
  }

  changed(): void {
    this.#newest++;
  }

  /** A node that has just come may have rules of long ago. */
  joined(nodeName: string): void {
    this.#applied.set(nodeName, 0);
  }

  left(nodeName: string): void {
    this.#applied.delete(nodeName);
  }

  applied(nodeName: string, mark: number): void {
    if (this.#applied.has(nodeName)) this.#applied.set(nodeName, mark);
  }
}
