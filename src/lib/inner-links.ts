/** Links that lead to containers or machines inside this one. */
export const INNER_LINK = /^(docker|br-[0-9a-f]{12}$|veth|virbr|vnet|cni|flannel|bramble)/;
