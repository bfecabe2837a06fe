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
  readonly #marks = new Map<string, number>();
  #told = 0;

  constructor(sources: Progress, tell: (mark: number) => void) {
    this.#sources = sources;
    this.#tell = tell;
  }

  /**
   * From now on, nothing is told that this sender has not followed.
   * @param onNews more changes are held than it has followed
   * @returns lets it go
   */
  join(sender: string, onNews: () => void): () => void {
    this.#marks.set(sender, 0);
    const unsubscribe = this.#sources.onProgress(() => {
      const { held } = this.#sources.endpoints;
      if (held === 0) {
        // A session has begun: its master counts anew, and has not been told anything.
        this.#marks.set(sender, 0);
        this.#told = 0;
      } else if (held !== this.#marks.get(sender)) onNews();
    });
    return () => {
      unsubscribe();
      this.#marks.delete(sender);
    };
  }

  /** @param mark what was held when the sender began: all changes up to it need not be waited for any more */
  followed(sender: string, mark: number): void {
    // Of the session before, perhaps.
    if (!this.#marks.has(sender) || mark > this.#sources.endpoints.held) return;
    this.#marks.set(sender, mark);
    const slowest = Math.min(...this.#marks.values());
    if (slowest === this.#told) return;
    this.#told = slowest;
    if (slowest > 0) this.#tell(slowest);
  }
}
