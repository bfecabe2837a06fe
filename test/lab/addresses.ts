/**
 * The addresses of one lab. Labs lie in 198.18.0.0/15, which RFC 2544 sets aside for trials of networks: no home and no
 * provider uses it, so that a lab can be reached from a machine whatever its own network is.
 */
export interface LabAddresses {
  /** First three bytes of each LAN. */
  readonly near: string;
  readonly far: string;
}

export type Lan = keyof LabAddresses;

/** @param index 0 to 255; labs that run beside each other have different ones */
export function addressesOf(index: number): LabAddresses {
  return { near: `198.18.${index}`, far: `198.19.${index}` };
}

/** Last bytes. The gateway of a LAN is also its resolver and its registry. */
export const GATEWAY = 1;
export const MASTER = 2;
export const FIRST_NODE = 11;
export const CLIENT = 200;
/** The machine that the lab runs on. */
export const OUTSIDE = 254;

export const REGISTRY_PORT = 5000;
