/** Port of the node's DNS on the bridge; not 53, which Pi-hole and dnsmasq hold on every address. */
export const DNS_PORT = 10053;
