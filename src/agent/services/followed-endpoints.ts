import type { ServiceSources } from '../assignments.ts';

type Progress = Pick<ServiceSources, 'endpoints' | 'onProgress'>;

/**
 * How far all that sends connections to pods on this node (rules, proxy) has followed the changes of endpoints: as far as the slowest has.
 * The master is told, since pods that end wait for it.
 */
export class FollowedEndpoints {
  readonly #sources: Progress;
  readonly #tell: (mark: number) => void;
  /** Of each sender, the last change that it has followed; 0 while it has followed none of this session's. */
  readonly #marks: Map<string, number>;
  #told = 0;

  /** @param senders all there are: before each of them has spoken nothing is told, as they start one after the other */
  constructor(senders: readonly string[], sources: Progress, tell: (mark: number) => void) {
    this.#marks = new Map(senders.map((sender) => [sender, 0]));
    this.#sources = sources;
    this.#tell = tell;
  }

  /** Calls back when more changes are held than this sender has followed. */
  onNews(sender: string, listener: () => void): () => void {
    return this.#sources.onProgress(() => {
      const { held } = this.#sources.endpoints;
      if (held === 0) {
        // A session has begun: its master counts anew, and has not been told anything.
        this.#marks.set(sender, 0);
        this.#told = 0;
      } else if (held !== this.#marks.get(sender)) listener();
    });
  }

  /** @param mark what was held when the sender began: all changes up to it need not be waited for any more */
  upTo(sender: string, mark: number): void {
    // Of the session before, perhaps.
    if (mark > this.#sources.endpoints.held) return;
    this.#marks.set(sender, mark);
    const slowest = Math.min(...this.#marks.values());
    if (slowest === this.#told) return;
    this.#told = slowest;
    if (slowest > 0) this.#tell(slowest);
  }
}
