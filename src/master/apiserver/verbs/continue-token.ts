import { ApiError, badRequest, type FailureStatus } from '../../../api/meta/errors.ts';

/** Where a list goes on: behind this key, at this revision (-1: at the newest, which makes the whole list inconsistent). */
export interface ContinueToken {
  readonly revision: number;
  readonly after: string;
}

const VERSION = 'meta.k8s.io/v1';

export function encodeContinue({ revision, after }: ContinueToken): string {
  return Buffer.from(JSON.stringify({ v: VERSION, rv: revision, start: after })).toString('base64url');
}

/** @throws ApiError BadRequest for anything that is not one of ours. */
export function decodeContinue(text: string): ContinueToken {
  try {
    const token: unknown = JSON.parse(Buffer.from(text, 'base64url').toString());
    if (token && typeof token === 'object' && 'v' in token && 'rv' in token && 'start' in token) {
      const { v, rv, start } = token;
      if (v === VERSION && Number.isSafeInteger(rv) && typeof start === 'string')
        return { revision: Number(rv), after: start };
    }
  } catch (cause) {
    throw badRequest('continue key is not valid: it is no token of this server', { cause });
  }
  throw badRequest('continue key is not valid: incorrect encoded version or fields');
}

/** The revision of a continue token is compacted away; the Status holds a token with which the list can go on inconsistently. */
export class ExpiredContinue extends ApiError {
  readonly #inconsistent: string;

  constructor(after: string, options?: ErrorOptions) {
    const message =
      'The provided continue parameter is too old to display a consistent list result. You can start a new list ' +
      'without the continue parameter, or use the continue token in this response to retrieve the remainder of the ' +
      'results. Continuing with the provided token results in an inconsistent list - objects that were created, ' +
      'modified, or deleted between the time the first chunk was returned and now may show up in the list.';
    super('Expired', message, {}, options);
    this.#inconsistent = encodeContinue({ revision: -1, after });
  }

  override toStatus(): FailureStatus {
    return { ...super.toStatus(), metadata: { continue: this.#inconsistent } };
  }
}
