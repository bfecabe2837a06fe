import type { StatusCause } from '../../meta/errors.ts';
import { duplicate, forbidden, invalid, invalidEach, ofEach, required } from '../../meta/field-errors.ts';
import { compareQuantity, formatQuantity, type Quantity, tryParseQuantity } from '../../meta/quantity.ts';
import { checkQualifiedName } from '../../meta/validation.ts';
import type { LimitRange, LimitRangeItem } from '../../types.ts';
import { containerResourceCauses, isExtended } from '../pod/validation/resources.ts';
import { isStandardQuotaResource } from '../resource-quota/resource-names.ts';

type Amounts = LimitRangeItem['max'];
type ListName = 'max' | 'min' | 'default' | 'defaultRequest' | 'maxLimitRequestRatio';

const TYPES = ['Pod', 'Container', 'PersistentVolumeClaim'];
const NANO = 1_000_000_000n;

/** Source: core/validation, ValidateLimitRange. */
export function validateLimitRange({ spec }: LimitRange): StatusCause[] {
  const limits = spec?.limits ?? [];
  return ofEach(limits, 'spec.limits', (item, path, index) => [
    ...typeCauses(item.type, `${path}.type`),
    ...(limits.slice(0, index).some(({ type }) => type === item.type) ? [duplicate(`${path}.type`, item.type)] : []),
    ...listCauses(item, path),
    ...storageCauses(item, `${path}.limits`),
    ...namesIn(item).flatMap((name) => orderCauses(item, name, path)),
  ]);
}

function typeCauses(type: string, field: string): StatusCause[] {
  const wrong = invalidEach(field, type, checkQualifiedName(type));
  if (wrong.length > 0 || type.includes('/') || TYPES.includes(type)) return wrong;
  return [invalid(field, type, 'must be a standard limit type or fully qualified')];
}

/** Names in every list; a pod as a whole is given nothing by default. */
function listCauses(item: LimitRangeItem, path: string): StatusCause[] {
  const names = (list: ListName) =>
    Object.keys(item[list] ?? {}).flatMap((name) => nameCauses(item.type, name, `${path}.${list}[${name}]`));
  const isPod = item.type === 'Pod';
  const defaults = (['default', 'defaultRequest'] as const).flatMap((list) => {
    if (!isPod) return names(list);
    const isSet = Object.keys(item[list] ?? {}).length > 0;
    return isSet ? [forbidden(`${path}.${list}`, "may not be specified when `type` is 'Pod'")] : [];
  });
  return [...names('max'), ...names('min'), ...defaults, ...names('maxLimitRequestRatio')];
}

function nameCauses(type: string, name: string, field: string): StatusCause[] {
  if (type === 'Pod' || type === 'Container') return containerResourceCauses(name, field);
  const wrong = invalidEach(field, name, checkQualifiedName(name));
  if (wrong.length > 0 || name.includes('/') || name === 'storage' || isStandardQuotaResource(name)) return wrong;
  return [invalid(field, name, 'must be a standard resource type or fully qualified')];
}

function storageCauses({ type, min, max }: LimitRangeItem, field: string): StatusCause[] {
  if (type !== 'PersistentVolumeClaim' || min?.storage !== undefined || max?.storage !== undefined) return [];
  return [required(field, 'either minimum or maximum storage value is required, but neither was provided')];
}

function namesIn(item: LimitRangeItem): string[] {
  const lists: Amounts[] = [item.max, item.min, item.maxLimitRequestRatio];
  if (item.type !== 'Pod') lists.push(item.default, item.defaultRequest);
  return [...new Set(lists.flatMap((list) => Object.keys(list ?? {})))].sort();
}

/** Least, default request, default and most of one resource, in that order. */
function orderCauses(item: LimitRangeItem, name: string, path: string): StatusCause[] {
  const amount = (list: ListName) => quantityOf(item[list], name);
  const [min, max, standard, request] = [amount('min'), amount('max'), amount('default'), amount('defaultRequest')];
  const causes: StatusCause[] = [];
  const notAbove = (low: Quantity | undefined, high: Quantity | undefined, says: Sentence) => {
    if (!low || !high || compareQuantity(low, high) <= 0) return;
    const text = `${says.low} value ${formatQuantity(low)} is greater than ${says.high} value ${formatQuantity(high)}`;
    causes.push(invalid(`${path}.${says.list}[${name}]`, formatQuantity(says.value === 'low' ? low : high), text));
  };
  notAbove(min, max, { list: 'min', value: 'low', low: 'min', high: 'max' });
  notAbove(min, request, { list: 'defaultRequest', value: 'high', low: 'min', high: 'default request' });
  notAbove(request, max, { list: 'defaultRequest', value: 'low', low: 'default request', high: 'max' });
  notAbove(request, standard, { list: 'defaultRequest', value: 'low', low: 'default request', high: 'default limit' });
  notAbove(min, standard, { list: 'default', value: 'low', low: 'min', high: 'default' });
  notAbove(standard, max, { list: 'default', value: 'high', low: 'default', high: 'max' });
  const ratio = amount('maxLimitRequestRatio');
  if (ratio) causes.push(...ratioCauses(ratio, { min, max }, `${path}.maxLimitRequestRatio[${name}]`));
  const isLent = !isExtended(name) && !name.startsWith('hugepages-');
  if (isLent || !standard || !request || compareQuantity(standard, request) === 0) return causes;
  const text = `default value ${formatQuantity(standard)} must equal to defaultRequest value ${formatQuantity(request)} in ${name}`;
  return [...causes, invalid(`${path}.defaultRequest[${name}]`, formatQuantity(request), text)];
}

/** Which of two amounts is blamed, where, and how both are called. */
interface Sentence {
  readonly list: ListName;
  readonly value: 'low' | 'high';
  readonly low: string;
  readonly high: string;
}

function ratioCauses(
  ratio: Quantity,
  { min, max }: { readonly min: Quantity | undefined; readonly max: Quantity | undefined },
  field: string,
): StatusCause[] {
  const text = formatQuantity(ratio);
  const causes = ratio.nano < NANO ? [invalid(field, text, `ratio ${text} is less than 1`)] : [];
  if (!min || !max) return causes;
  const limit = Number(max.nano) / Number(min.nano);
  if (Number(ratio.nano) / Number(NANO) <= limit) return causes;
  return [...causes, invalid(field, text, `ratio ${text} is greater than max/min = ${limit.toFixed(6)}`)];
}

function quantityOf(list: Amounts, name: string): Quantity | undefined {
  const value = list?.[name];
  return value === undefined ? undefined : tryParseQuantity(value);
}
