/** Who asks, as authentication found out (authentication.k8s.io/v1 UserInfo). */
export interface UserInfo {
  readonly name: string;
  readonly groups: readonly string[];
  readonly uid?: string;
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

export const GROUP_MASTERS = 'system:masters';
export const GROUP_NODES = 'system:nodes';
export const GROUP_AUTHENTICATED = 'system:authenticated';

/** What a request that carries no other credential is: the master's own parts. */
export const SYSTEM_APISERVER: UserInfo = { name: 'system:apiserver', groups: [GROUP_MASTERS, GROUP_AUTHENTICATED] };
