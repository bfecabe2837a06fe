import type { StatusCause } from '../../../meta/errors.ts';
import {
  duplicate,
  forbidden,
  invalid,
  invalidEach,
  notFoundValue,
  ofEach,
  required,
} from '../../../meta/field-errors.ts';
import {
  addQuantity,
  compareQuantity,
  formatQuantity,
  parseQuantity,
  type Quantity,
  QuantityError,
} from '../../../meta/quantity.ts';
import { checkQualifiedName } from '../../../meta/validation.ts';
import type { PodSpec } from '../../../types.ts';
import type { ResourceList, ResourceRequirements } from '../parts.ts';

const STANDARD = ['cpu', 'ephemeral-storage', 'memory'];
const HUGE_PAGES = 'hugepages-';
const QUOTA_ONLY = ['pods', 'services', 'storage', 'persistentvolumeclaims', 'secrets', 'configmaps', 'resourcequotas'];

/** Requests and limits of one container. @param claims names in spec.resourceClaims */
export function resourceCauses(
  resources: ResourceRequirements | undefined,
  field: string,
  claims: ReadonlySet<string>,
): StatusCause[] {
  if (!resources) return [];
  const limits = listCauses(resources.limits, `${field}.limits`);
  const requests = listCauses(resources.requests, `${field}.requests`);
  return [
    ...limits.causes,
    ...requests.causes,
    ...overcommitCauses(requests.quantities, limits.quantities, field),
    ...hugePageCauses([limits.quantities, requests.quantities], field),
    ...claimCauses(resources, `${field}.claims`, claims),
  ];
}

/** What the runtime adds to a pod; judged as limits are. */
export function overheadCauses(overhead: ResourceList | undefined, field: string): StatusCause[] {
  return listCauses(overhead, `${field}.limits`).causes;
}

interface Judged {
  readonly causes: StatusCause[];
  /** Of those that are right. */
  readonly quantities: ReadonlyMap<string, Quantity>;
}

function listCauses(list: ResourceList | undefined, field: string): Judged {
  const causes: StatusCause[] = [];
  const quantities = new Map<string, Quantity>();
  for (const [name, value] of Object.entries(list ?? {})) {
    const path = `${field}[${name}]`;
    causes.push(...containerResourceCauses(name, path));
    const quantity = parse(value, path, causes);
    if (!quantity) continue;
    causes.push(...amountCauses(name, quantity, path));
    quantities.set(name, quantity);
  }
  return { causes, quantities };
}

function parse(value: string | number, field: string, causes: StatusCause[]): Quantity | undefined {
  try {
    return parseQuantity(value);
  } catch (err) {
    if (!(err instanceof QuantityError)) throw err;
    causes.push(invalid(field, value, err.message));
    return undefined;
  }
}

/** Own names are few; everyone else's have a domain. */
export function containerResourceCauses(name: string, field: string): StatusCause[] {
  const wrong = checkQualifiedName(name);
  if (wrong.length > 0) return invalidEach(field, name, wrong);
  if (!name.includes('/')) {
    if (STANDARD.includes(name) || name.startsWith(HUGE_PAGES)) return [];
    const standard = invalid(field, name, 'must be a standard resource for containers');
    if (QUOTA_ONLY.includes(name)) return [standard];
    return [invalid(field, name, 'must be a standard resource type or fully qualified'), standard];
  }
  const isNative = (name.split('/')[0] ?? '').endsWith('kubernetes.io');
  if (isNative || isExtended(name)) return [];
  return [invalid(field, name, "doesn't follow extended resource name standard")];
}

/** A resource that no node has of itself: `nvidia.com/gpu`. */
export function isExtended(name: string): boolean {
  const domain = name.split('/')[0] ?? '';
  if (!name.includes('/') || domain.endsWith('kubernetes.io') || name.startsWith('requests.')) return false;
  return checkQualifiedName(`requests.${name}`).length === 0;
}

function amountCauses(name: string, quantity: Quantity, field: string): StatusCause[] {
  const text = formatQuantity(quantity);
  if (quantity.nano < 0n) return [invalid(field, text, 'must be greater than or equal to 0')];
  if (isExtended(name) && quantity.nano % 1_000_000_000n !== 0n) return [invalid(field, text, 'must be an integer')];
  if (!name.startsWith(HUGE_PAGES)) return [];
  const page = pageSize(name);
  if (!page) return [invalid(field, text, `resource name has an unknown page size: ${name}`)];
  if (quantity.nano % page.nano === 0n) return [];
  return [invalid(field, text, `${text} is not positive integer multiple of ${formatQuantity(page)}`)];
}

function pageSize(name: string): Quantity | undefined {
  const page = parse(name.slice(HUGE_PAGES.length), '', []);
  return page && page.nano > 0n ? page : undefined;
}

/** A request may not be above its limit; what a node cannot lend twice needs both, equal. */
function overcommitCauses(
  requests: ReadonlyMap<string, Quantity>,
  limits: ReadonlyMap<string, Quantity>,
  field: string,
): StatusCause[] {
  return [...requests].flatMap(([name, request]) => {
    const limit = limits.get(name);
    const isLendable = !isExtended(name) && !name.startsWith(HUGE_PAGES);
    if (!limit) {
      return isLendable ? [] : [required(`${field}.limits`, 'Limit must be set for non overcommitable resources')];
    }
    const order = compareQuantity(request, limit);
    const text = `${name} limit of ${formatQuantity(limit)}`;
    if (!isLendable && order !== 0) {
      return [invalid(`${field}.requests`, formatQuantity(request), `must be equal to ${text}`)];
    }
    if (order <= 0) return [];
    return [invalid(`${field}.requests`, formatQuantity(request), `must be less than or equal to ${text}`)];
  });
}

function hugePageCauses(lists: readonly ReadonlyMap<string, Quantity>[], field: string): StatusCause[] {
  const names = lists.flatMap((list) => [...list.keys()]);
  const isHuge = names.some((name) => name.startsWith(HUGE_PAGES));
  if (!isHuge || names.includes('cpu') || names.includes('memory')) return [];
  return [forbidden(field, 'HugePages require cpu or memory')];
}

function claimCauses({ claims }: ResourceRequirements, field: string, known: ReadonlySet<string>): StatusCause[] {
  const seen = new Set<string>();
  return ofEach(claims, field, ({ name, request }, path) => {
    if (!name) return [required(`${path}.name`)];
    const key = `${name}/${request ?? ''}`;
    if (seen.has(key)) return [duplicate(path, name)];
    seen.add(key);
    return known.has(name) ? [] : [notFoundValue(`${path}.name`, name)];
  });
}

/** Requests and limits of the pod as a whole: they have to cover what its containers ask for. */
export function podResourceCauses(spec: PodSpec, field: string, claims: ReadonlySet<string>): StatusCause[] {
  const { resources } = spec;
  if (!resources) return [];
  return [
    ...(resources.claims ? [forbidden(`${field}.claims`, 'claims cannot be set for Resources at pod-level')] : []),
    ...resourceCauses({ limits: resources.limits, requests: resources.requests }, field, claims),
    ...requestSumCauses(spec, resources, `${field}.requests`),
  ];
}

function requestSumCauses(spec: PodSpec, { requests }: ResourceRequirements, field: string): StatusCause[] {
  return Object.entries(requests ?? {}).flatMap(([name, value]) => {
    const own = parse(value, '', []);
    const sum = spec.containers.reduce<Quantity | undefined>((total, container) => {
      const request = parse(container.resources?.requests?.[name] ?? '0', '', []);
      return total && request ? addQuantity(total, request) : (request ?? total);
    }, undefined);
    if (!own || !sum || compareQuantity(sum, own) <= 0) return [];
    const text = `must be greater than or equal to aggregate container requests of ${formatQuantity(sum)}`;
    return [invalid(`${field}[${name}]`, formatQuantity(own), text)];
  });
}
