export type NetworkErrorCode =
  | 'InvalidCidr'
  | 'AddressesExhausted' // every address of the node's pod CIDR is given out
  | 'NetworkInUse' // the Docker network is another one's, or of another CIDR with containers on it
  | 'EndpointsMiscounted' // Docker holds on to a network that no container uses
  | 'ToolMissing' // iptables, ip or nft is not installed
  | 'RoutesFailed' // pods of this node have a network, those of others can't be reached
  | 'CommandFailed';

/** What the pod network could not do; the message says what helps. */
export class NetworkError extends Error {
  override readonly name = 'NetworkError';
  readonly code: NetworkErrorCode;
  constructor(code: NetworkErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
