import type { Ingress, Secret } from '../../api/types.ts';
import { Claims } from './claims.ts';
import { type TlsMaterial, tlsMaterial } from './tls-secret.ts';

/** A certificate, and who is shown it. */
export interface IngressCertificate extends TlsMaterial {
  /** Names that clients ask for; empty: those that the certificate is for. */
  readonly hosts: readonly string[];
}

interface Problem {
  readonly ingress: string;
  readonly reason: string;
  readonly message: string;
}

interface Asked {
  readonly ingress: string;
  readonly namespace: string;
  readonly secretName: string;
  /** '' for whatever the certificate is for. */
  readonly host: string;
}

/** The certificates of Ingresses, which come oldest first: whose host a name is first, has it. */
export function certificatesOf(
  ingresses: readonly Ingress[],
  view: { secret(namespace: string, name: string): Secret | undefined },
): { certificates: IngressCertificate[]; problems: Problem[] } {
  const problems: Problem[] = [];
  const read = new Map<string, TlsMaterial | undefined>();
  const claims = new Claims<{ readonly host: string; readonly secret: string }>();
  for (const { ingress, namespace, secretName, host } of ingresses.flatMap(askedBy)) {
    const secret = `${namespace}/${secretName}`;
    const tell = (reason: string, message: string) => problems.push({ ingress, reason, message });
    const material = materialOf(view.secret(namespace, secretName), secret, tell);
    read.set(secret, material);
    if (!material) continue;
    const id = host === '' ? `${secret} itself` : host;
    const holder = claims.take(id, { host, secret }, ingress);
    if (holder && holder.claimed.secret !== secret)
      tell('RuleConflict', `host ${host} has the certificate of Ingress ${holder.by}, which is older`);
  }
  const bySecret = Map.groupBy(claims.all, ({ secret }) => secret);
  const certificates = [...bySecret].flatMap(([secret, claimed]): IngressCertificate[] => {
    const material = read.get(secret);
    const hosts = claimed.map(({ host }) => host).filter((host) => host !== '');
    if (!material) return [];
    const all = hosts.length < claimed.length ? [{ ...material, hosts: [] }] : [];
    return [...(hosts.length > 0 ? [{ ...material, hosts: hosts.toSorted() }] : []), ...all];
  });
  return { certificates, problems: unique(problems) };
}

function askedBy({ metadata: { namespace = '', name }, spec }: Ingress): Asked[] {
  return (spec.tls ?? []).flatMap(({ hosts, secretName }) =>
    // Without a Secret the host has the default certificate.
    secretName ? (hosts?.length ? hosts : ['']).map((host) => about(namespace, name, secretName, host)) : [],
  );
}

function about(namespace: string, name: string, secretName: string, host: string): Asked {
  return { ingress: `${namespace}/${name}`, namespace, secretName, host };
}

function materialOf(
  secret: Secret | undefined,
  name: string,
  tell: (reason: string, message: string) => void,
): TlsMaterial | undefined {
  const instead = 'its hosts have the default certificate';
  if (!secret) {
    tell('SecretNotFound', `there is no Secret ${name}: ${instead}`);
    return undefined;
  }
  try {
    return tlsMaterial(secret);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    tell('BadCertificate', `Secret ${name} can't be served: ${why}; ${instead}`);
    return undefined;
  }
}

/** A Secret that is named for several hosts is told of once. */
function unique(problems: readonly Problem[]): Problem[] {
  return [...new Map(problems.map((one) => [`${one.ingress} ${one.message}`, one])).values()];
}
