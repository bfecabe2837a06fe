import { isDeepStrictEqual } from 'node:util';
import type { StatusCause } from '../../meta/errors.ts';
import { duplicate, forbidden, invalid, invalidEach, notSupported, required } from '../../meta/field-errors.ts';
import { checkCidr, ipFamilyOf } from '../../meta/ip-address.ts';
import { tryParseQuantity } from '../../meta/quantity.ts';
import { checkLabelValue, checkQualifiedName } from '../../meta/validation.ts';
import type { Node, Taint } from '../../types.ts';

const TAINT_EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

/** Source: core, validation.ValidateNode. */
export function validate(node: Node): StatusCause[] {
  const { taints = [], podCIDR, podCIDRs = [], configSource } = node.spec;
  return [
    ...taints.flatMap((taint, index) => validateTaint(taint, taints.slice(0, index), `spec.taints[${index}]`)),
    ...validatePodCidrs(podCIDR, podCIDRs),
    ...(configSource ? [forbidden('spec.configSource', 'configSource may not be set')] : []),
    ...validateResources(node),
  ];
}

/** Addresses of pods and the machine's identity are given once; the rest of spec is free but for what no API sets any more. */
export function validateUpdate({ spec, status }: Node, old: Node): StatusCause[] {
  return [
    ...(old.spec.podCIDRs?.length && !isDeepStrictEqual(spec.podCIDRs, old.spec.podCIDRs)
      ? [forbidden('spec.podCIDRs', 'node updates may not change podCIDR except from "" to valid')]
      : []),
    ...(old.spec.providerID && spec.providerID !== old.spec.providerID
      ? [forbidden('spec.providerID', 'node updates may not change providerID except from "" to valid')]
      : []),
    ...(spec.externalID === old.spec.externalID
      ? []
      : [forbidden('[]', 'node updates may only change labels, taints, or capacity')]),
    ...repeatedAddresses(status),
  ];
}

export function validateStatusUpdate(node: Node): StatusCause[] {
  return [...validateResources(node), ...repeatedAddresses(node.status)];
}

function validateTaint(taint: Taint, earlier: readonly Taint[], path: string): StatusCause[] {
  const { key, value = '', effect } = taint;
  const isRepeated = earlier.some((other) => other.key === key && other.effect === effect);
  return [
    ...invalidEach(`${path}.key`, key, checkQualifiedName(key)),
    ...invalidEach(`${path}.value`, value, checkLabelValue(value)),
    ...(effect
      ? TAINT_EFFECTS.includes(effect)
        ? []
        : [notSupported(`${path}.effect`, effect, TAINT_EFFECTS)]
      : [required(`${path}.effect`)]),
    ...(isRepeated ? [repeatedTaint(taint, path)] : []),
  ];
}

function repeatedTaint(taint: Taint, path: string): StatusCause {
  const cause = duplicate(path, taint);
  return { ...cause, message: `${cause.message}: taints must be unique by key and effect pair` };
}

function validatePodCidrs(first: string | undefined, all: readonly string[]): StatusCause[] {
  const families = new Set(all.map(ipFamilyOf));
  return [
    ...all.flatMap((cidr, index) => invalidEach(`spec.podCIDRs[${index}]`, cidr, checkCidr(cidr))),
    ...(all.length > 2 || (all.length === 2 && families.size < 2)
      ? [invalid('spec.podCIDRs', all, 'may specify no more than one CIDR for each IP family')]
      : []),
    ...(first === all[0] ? [] : [invalid('spec.podCIDRs', all, 'first value must match `podCIDR`')]),
  ];
}

function validateResources({ status }: Node): StatusCause[] {
  return (['capacity', 'allocatable'] as const).flatMap((list) =>
    Object.entries(status?.[list] ?? {}).flatMap(([name, quantity]) => {
      const path = `status.${list}[${name}]`;
      const amount = tryParseQuantity(quantity);
      return [
        ...invalidEach(`status.${list}`, name, checkQualifiedName(name)),
        ...(amount && amount.nano < 0n ? [invalid(path, quantity, 'must be greater than or equal to 0')] : []),
      ];
    }),
  );
}

function repeatedAddresses(status: Node['status']): StatusCause[] {
  const addresses = status?.addresses ?? [];
  return addresses.flatMap((address, index) => {
    const isRepeated = addresses.slice(0, index).some((other) => isDeepStrictEqual(other, address));
    return isRepeated ? [duplicate(`status.addresses[${index}]`, address)] : [];
  });
}
