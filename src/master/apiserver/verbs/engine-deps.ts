import type { Clock } from '../../../lib/clock.ts';
import type { Store } from '../../store/store.ts';
import type { AdmissionChain } from '../admission/chain.ts';
import type { UserInfo } from '../auth/user.ts';

/** What every verb works on. */
export interface EngineDeps {
  readonly store: Store;
  readonly admission: AdmissionChain;
  readonly clock: Clock;
}

/** What every write carries beside its object. */
export interface WriteContext {
  readonly user: UserInfo;
  /** The whole chain runs and nothing is stored. */
  readonly dryRun?: boolean;
  /** Tells the client something that does not fail the request. */
  warn?(text: string): void;
}
