import { checkEnvVarName } from '../../api/meta/validation.ts';
import type { Container } from '../../api/types.ts';
import type { Assignments } from '../assignments.ts';
import { expand } from './expand.ts';
import { fieldValue, type PodFacts } from './field-ref.ts';
import { type Allocatable, resourceValue } from './resource-ref.ts';
import { serviceLinks } from './service-links.ts';

/** A container's configuration names something that is not there; `message` as kubelet says it. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

export interface EnvEntry {
  readonly name: string;
  readonly value: string;
}

/** What an environment is made from besides the container. */
export interface EnvContext extends PodFacts {
  readonly sources: Pick<Assignments, 'configMap' | 'secret' | 'services'>;
  readonly allocatable: Allocatable;
}

/** Keys of an envFrom source that no variable can be named after. */
interface SkippedKeys {
  readonly kind: 'configMap' | 'secret';
  /** `namespace/name` */
  readonly source: string;
  /** With the prefix, sorted. */
  readonly keys: readonly string[];
}

export interface Environment {
  readonly env: readonly EnvEntry[];
  readonly skipped: readonly SkippedKeys[];
}

type EnvVar = NonNullable<Container['env']>[number];
type EnvFrom = NonNullable<Container['envFrom']>[number];
type ValueFrom = NonNullable<EnvVar['valueFrom']>;
type Data = ReadonlyMap<string, string>;

/**
 * The variables of a container: Services, then envFrom in order, then env in order, the later of one name holding; a literal
 * value can name those before it. @throws ConfigError when something that is not optional lacks. Source: kubelet, makeEnvironmentVariables.
 */
export function resolveEnvironment(container: Container, context: EnvContext): Environment {
  const values = serviceLinks(context.sources.services.values(), context.pod);
  const skipped: SkippedKeys[] = [];
  for (const source of container.envFrom ?? []) addAll(values, skipped, source, context);
  for (const { name, value, valueFrom } of container.env ?? []) {
    if (value || !valueFrom) values.set(name, expand(value ?? '', values));
    else {
      const found = referenced(valueFrom, container, context);
      if (found !== undefined) values.set(name, found);
    }
  }
  return { env: [...values].map(([name, value]) => ({ name, value })), skipped };
}

function addAll(values: Map<string, string>, skipped: SkippedKeys[], source: EnvFrom, context: EnvContext): void {
  const kind = source.configMapRef ? 'configMap' : 'secret';
  const { name = '', optional = false } = source.configMapRef ?? source.secretRef ?? {};
  const data = dataOf(context, kind, name, optional);
  const invalid: string[] = [];
  for (const [key, value] of data ?? []) {
    const variable = `${source.prefix ?? ''}${key}`;
    if (checkEnvVarName(variable).length > 0) invalid.push(variable);
    else values.set(variable, value);
  }
  if (invalid.length === 0) return;
  skipped.push({ kind, source: `${context.pod.metadata.namespace}/${name}`, keys: invalid.sort() });
}

/** undefined: an optional source lacks, so the variable does. */
function referenced(valueFrom: ValueFrom, container: Container, context: EnvContext): string | undefined {
  const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef } = valueFrom;
  if (fieldRef) return fieldValue(context, fieldRef.fieldPath);
  if (resourceFieldRef) {
    const { containerName } = resourceFieldRef;
    const named = containerName ? containerNamed(context, containerName) : container;
    return resourceValue(resourceFieldRef, named, context.allocatable);
  }
  if (configMapKeyRef) return keyOf(context, 'configMap', configMapKeyRef);
  if (secretKeyRef) return keyOf(context, 'secret', secretKeyRef);
  throw new ConfigError(`${Object.keys(valueFrom)[0]} is not supported by this version of Bramble`);
}

function containerNamed({ pod }: PodFacts, name: string): Container {
  const found = [...pod.spec.containers, ...(pod.spec.initContainers ?? [])].find((c) => c.name === name);
  if (!found) throw new ConfigError(`container ${name} not found`);
  return found;
}

interface KeyRef {
  readonly name?: string;
  readonly key: string;
  readonly optional?: boolean;
}

function keyOf(context: EnvContext, kind: 'configMap' | 'secret', ref: KeyRef): string | undefined {
  const { name = '', key, optional = false } = ref;
  const value = dataOf(context, kind, name, optional)?.get(key);
  if (value !== undefined || optional) return value;
  const what = kind === 'configMap' ? 'ConfigMap' : 'Secret';
  throw new ConfigError(`couldn't find key ${key} in ${what} ${context.pod.metadata.namespace}/${name}`);
}

function dataOf(
  { pod, sources }: EnvContext,
  kind: 'configMap' | 'secret',
  name: string,
  optional: boolean,
): Data | undefined {
  const found = sources[kind](pod.metadata.namespace ?? '', name);
  if (!found && !optional) throw new ConfigError(`${kind.toLowerCase()} "${name}" not found`);
  const entries = Object.entries(found?.data ?? {});
  // A Secret's values are base64 in the API; a ConfigMap's binaryData never becomes a variable.
  const text = (value: string) => (kind === 'secret' ? Buffer.from(value, 'base64').toString() : value);
  return found && new Map(entries.map(([key, value]) => [key, text(String(value))]));
}
