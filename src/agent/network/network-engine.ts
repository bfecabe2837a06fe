/** What the pod network needs of the container engine; docker-networks.ts implements it. */
export interface NetworkEngine {
  /** undefined when there is none of that name. */
  find(name: string): Promise<BridgeNetwork | undefined>;
  create(spec: BridgeNetworkSpec): Promise<void>;
  /** Fine when it is gone. Throws when containers are still on it. */
  remove(name: string): Promise<void>;
}

export interface BridgeNetwork {
  /** `10.42.3.0/24` */
  readonly subnet: string;
  /** Name of the bridge link. */
  readonly bridge: string;
  /** Running containers on it. */
  readonly containerCount: number;
}

export interface BridgeNetworkSpec {
  readonly name: string;
  readonly subnet: string;
  readonly gateway: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly options: Readonly<Record<string, string>>;
}
