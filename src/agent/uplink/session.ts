import type { Clock, Millis } from '../../lib/clock.ts';
import type { RpcClient } from '../../rpc/client.ts';
import type { FrameStream } from '../../rpc/frame-stream.ts';
import type { MessageStream } from '../../rpc/message-stream.ts';
import type { AgentMessage, MasterMessage, OpenStream, Welcome } from '../../rpc/messages.ts';
import type { AssignmentStore } from './assignment-store.ts';
import type { Contact } from './contact.ts';
import type { Outbox } from './outbox.ts';

/** Serves one stream: `dial` opens the call to the master on which the frames travel. */
export type OpenStreamHandler = (request: OpenStream, dial: () => FrameStream) => void;

export interface SessionOptions {
  readonly client: RpcClient;
  readonly agentVersion: string;
  readonly assignments: AssignmentStore;
  readonly outbox: Outbox;
  readonly onWelcome: (welcome: Welcome) => void;
  /** The master says where it can be reached. */
  readonly onMasters: (addresses: readonly string[]) => void;
  readonly contact: Pick<Contact, 'now' | 'made' | 'seen'>;
  readonly onOpenStream: OpenStreamHandler;
  readonly clock: Clock;
  /** Ends the session from this side. */
  readonly signal: AbortSignal;
}

/** A slow link and a slow disk of the master's have room in it. */
const OPEN_WITHIN_MS = 8_000;

/** One connection to a master, from Hello until it breaks. */
export class Session {
  readonly #options: SessionOptions;
  readonly #stream: MessageStream<MasterMessage, AgentMessage>;
  readonly #askedAt: Millis;
  /** When the heartbeats were sent that have no answer yet: answers come in order. */
  readonly #unanswered: Millis[] = [];
  #isOver = false;
  /** The master has answered; before that nothing is known to arrive, and an event is told once. */
  readonly #isOpen = Promise.withResolvers<void>();
  #news = Promise.withResolvers<void>();

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#askedAt = options.contact.now();
    this.#stream = options.client.session();
  }

  /** @throws ApiError with what broke it; resolves when the master ended it in good order. */
  async run(): Promise<void> {
    const { signal } = this.#options;
    const onAbort = () => this.#stream.cancel('the agent is stopping');
    signal.addEventListener('abort', onAbort, { once: true });
    let cancelTimer = () => {};
    try {
      signal.throwIfAborted();
      cancelTimer = this.#expectWelcome();
      await Promise.race([this.#receive(), this.#send()]);
    } finally {
      cancelTimer();
      this.#isOver = true;
      this.#isOpen.resolve();
      this.#news.resolve();
      signal.removeEventListener('abort', onAbort);
      this.#stream.cancel('the session is over');
    }
  }

  /** Ends it from this side, so that the next one begins at once. */
  cancel(why: string): void {
    this.#stream.cancel(why);
  }

  /** The outbox has something. */
  wake(): void {
    this.#news.resolve();
  }

  /** An address where nobody is any more may swallow every word: the next one has its turn. @returns calls it off */
  #expectWelcome(): () => void {
    const cancelTimer = this.#options.clock.after(OPEN_WITHIN_MS, () =>
      this.#stream.cancel(`no answer within ${OPEN_WITHIN_MS / 1000} s`),
    );
    void this.#isOpen.promise.then(cancelTimer);
    return cancelTimer;
  }

  async #receive(): Promise<void> {
    const { assignments, onWelcome, onMasters, contact } = this.#options;
    for await (const message of this.#stream) {
      if (message.welcome) {
        assignments.beginSnapshot();
        onWelcome(message.welcome);
        this.#isOpen.resolve();
        this.#beat(message.welcome.heartbeatIntervalMs);
      }
      if (message.masterAddresses) onMasters(message.masterAddresses.address);
      if (message.delta) assignments.apply(message.delta);
      if (message.servicesProgress) assignments.noteProgress(message.servicesProgress);
      if (message.snapshotEnd) {
        // First: what was stopped for want of contact is judged by the new picture.
        assignments.endSnapshot();
        contact.made(this.#askedAt);
      }
      if (message.heartbeat) contact.seen(this.#unanswered.shift() ?? this.#askedAt);
      if (message.openStream) this.#open(message.openStream);
    }
  }

  #open(request: OpenStream): void {
    const { client, onOpenStream } = this.#options;
    onOpenStream(request, () => {
      const stream = client.stream();
      // A stream that is broken already says so to whoever reads or writes it next.
      stream.write({ hello: { streamId: request.streamId } }).catch(() => {});
      return stream;
    });
  }

  async #send(): Promise<void> {
    const { outbox, agentVersion } = this.#options;
    const { node } = outbox;
    await this.#stream.write({ hello: { agentVersion, node: Buffer.from(JSON.stringify(node)) } });
    await this.#isOpen.promise;
    outbox.resend(node);
    while (!this.#isOver) {
      this.#news = Promise.withResolvers<void>();
      for (const message of outbox.take()) await this.#stream.write(message);
      await this.#news.promise;
    }
  }

  #beat(intervalMs: number): void {
    if (this.#isOver) return;
    this.#options.clock.after(intervalMs, () => {
      if (this.#isOver) return;
      this.#unanswered.push(this.#options.contact.now());
      // A write that fails has broken the stream: `#receive` ends the session.
      this.#stream.write({ heartbeat: {} }).then(
        () => this.#beat(intervalMs),
        () => {},
      );
    });
  }
}
