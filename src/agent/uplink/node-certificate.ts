import { X509Certificate } from 'node:crypto';
import { ApiError } from '../../api/meta/errors.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Logger } from '../../lib/logger.ts';
import { renewAt } from '../../lib/renewal.ts';
import { RpcClient } from '../../rpc/client.ts';
import type { CertificateResponse } from '../../rpc/messages.ts';
import { EnrollmentError, HOW_TO_GET_A_TOKEN } from './enroll.ts';
import { certificateRequest, type EnrolledIdentity, type IdentityStore } from './identity.ts';

/** The least time between two renewals: after one that failed, or when this clock is far ahead of the master's. */
const RENEW_RETRY_MS = 3_600_000;
/** Timers hold at most 24.8 days; a certificate lives longer. */
const LONGEST_TIMER_MS = 86_400_000;

export interface NodeCertificateOptions {
  /** From `ensureEnrolled`; its certificate may have expired. */
  readonly identity: EnrolledIdentity;
  readonly nodeName: string;
  readonly store: IdentityStore;
  /** With the join token, where the agent was given one. */
  readonly enrollAgain: ((address: string) => Promise<EnrolledIdentity>) | undefined;
  /** Where masters may be. */
  readonly masters: () => readonly string[];
  readonly clock: Clock;
  readonly log: Logger;
}

/** The node's certificate, kept good: renewed at two thirds of its life, and got back by the key alone when it has expired. */
export class NodeCertificate {
  readonly #options: NodeCertificateOptions;
  #identity: EnrolledIdentity;
  #isRefused = false;

  constructor(options: NodeCertificateOptions) {
    this.#options = options;
    this.#identity = options.identity;
  }

  get identity(): EnrolledIdentity {
    return this.#identity;
  }

  /** Renews whenever it is due, until the signal. Open connections go on with the old one. */
  keepRenewed(signal: AbortSignal): void {
    this.#schedule(this.#dueMs(), signal);
  }

  /**
   * Asks one master for a new certificate, after it did not take the old one: by the key alone, else by the join token.
   * @returns whether there is a new one; when not, why is logged once
   */
  async recover(address: string): Promise<boolean> {
    const { log, enrollAgain } = this.#options;
    try {
      try {
        await this.#recoverByKey(address);
      } catch (error) {
        if (!isRefusal(error) || !enrollAgain) throw error;
        this.#identity = await enrollAgain(address);
      }
      log.info({ master: address }, 'renewed the node certificate, which had expired');
      this.#isRefused = false;
      return true;
    } catch (err) {
      if (!isRefusal(err)) throw err;
      const text = `the master does not take this node any more: ${HOW_TO_GET_A_TOKEN}`;
      if (!this.#isRefused) log.error({ master: address, err }, text);
      this.#isRefused = true;
      return false;
    }
  }

  async #recoverByKey(address: string): Promise<void> {
    const { caPem, certPem } = this.#identity;
    const client = new RpcClient({ address, caPem });
    try {
      await this.#take(await client.recover({ csrPem: await this.#request(), certificatePem: certPem }));
    } finally {
      client.close();
    }
  }

  #dueMs(): number {
    return renewAt(this.#identity.certPem) - this.#options.clock.now();
  }

  #schedule(ms: number, signal: AbortSignal): void {
    const step = Math.min(Math.max(ms, 0), LONGEST_TIMER_MS);
    const cancel = this.#options.clock.after(step, () => {
      signal.removeEventListener('abort', cancel);
      // Looked at anew each time: a clock that was set may have brought it near, or far away.
      if (this.#dueMs() > 0) return this.#schedule(this.#dueMs(), signal);
      this.#renew().then(
        () => this.#schedule(Math.max(this.#dueMs(), RENEW_RETRY_MS), signal),
        (err: unknown) => {
          this.#options.log.warn({ err }, 'could not renew the node certificate; will try again');
          this.#schedule(RENEW_RETRY_MS, signal);
        },
      );
    });
    signal.addEventListener('abort', cancel, { once: true });
  }

  async #renew(): Promise<void> {
    // By this clock it has expired: the session finds out whether the master thinks so too, and recovers.
    if (this.#options.clock.now() >= new X509Certificate(this.#identity.certPem).validToDate.getTime()) return;
    const { masters, log } = this.#options;
    const { caPem, certPem, keyPem } = this.#identity;
    const csrPem = await this.#request();
    let failure: unknown;
    for (const address of masters()) {
      const client = new RpcClient({ address, caPem, identity: { certPem, keyPem } });
      try {
        await this.#take(await client.renew({ csrPem }));
        log.info('renewed the node certificate');
        return;
      } catch (error) {
        failure = error;
      } finally {
        client.close();
      }
    }
    throw failure;
  }

  #request(): Promise<string> {
    return certificateRequest(this.#identity.keyPem, this.#options.nodeName);
  }

  async #take({ certificatePem }: CertificateResponse): Promise<void> {
    const { caPem, keyPem } = this.#identity;
    await this.#options.store.save({ certPem: certificatePem, caPem });
    this.#identity = { keyPem, caPem, certPem: certificatePem };
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof EnrollmentError || (error instanceof ApiError && error.reason === 'Unauthorized');
}
