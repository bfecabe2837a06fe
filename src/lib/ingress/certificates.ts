import type { Ingress, Secret } from '../../api/types.ts';
import { Claims } from './claims.ts';
import type { TlsMaterials } from './tls-materials.ts';
import type { TlsMaterial } from './tls-secret.ts';

/** A certificate, and who is shown it. */
export interface IngressCertificate extends Pick<TlsMaterial, 'id' | 'pem'> {
  /** Names that clients ask for, at least one; each is asked of one certificate alone. */
  readonly hosts: readonly string[];
}

export interface CertificateView {
  secret(namespace: string, name: string): Secret | undefined;
  readonly tls: TlsMaterials;
}

interface Problem {
  readonly ingress: string;
  readonly reason: string;
  readonly message: string;
}

/** One entry of spec.tls. */
interface Asked {
  readonly ingress: string;
  readonly namespace: string;
  readonly secretName: string;
  /** Empty: those that the certificate is for. */
  readonly hosts: readonly string[];
}

interface Claim {
  readonly host: string;
  /** `namespace/name` */
  readonly secret: string;
  readonly material: TlsMaterial;
}

/** The certificates of Ingresses, which come oldest first: whose host a name is first, has it. */
export function certificatesOf(
  ingresses: readonly Ingress[],
  view: CertificateView,
): { certificates: IngressCertificate[]; problems: Problem[] } {
  const problems: Problem[] = [];
  const read = new Map<string, ReturnType<typeof readSecret>>();
  const claims = new Claims<Claim>();
  for (const { ingress, namespace, secretName, hosts } of ingresses.flatMap(askedBy)) {
    const secret = `${namespace}/${secretName}`;
    const tell = (reason: string, message: string) => problems.push({ ingress, reason, message });
    const reading = read.get(secret) ?? readSecret(view, namespace, secretName);
    read.set(secret, reading);
    const { material, problem } = reading;
    if (problem) tell(problem.reason, problem.message);
    if (!material) continue;
    const wanted = hosts.length > 0 ? hosts : material.names;
    if (wanted.length === 0)
      tell('BadCertificate', `Secret ${secret} is for no host by its name: name its hosts in spec.tls`);
    for (const host of wanted) {
      const holder = claims.take(host, { host, secret, material }, ingress);
      if (holder && holder.claimed.material.id !== material.id)
        tell('RuleConflict', `host ${host} has the certificate of ${wordsOf(holder, ingress)}`);
    }
  }
  // Copies of one certificate, as namespaces need them, are one.
  const byMaterial = Map.groupBy(claims.all, ({ material }) => material.id);
  const certificates = [...byMaterial].flatMap(([id, claimed]): IngressCertificate[] =>
    claimed
      .slice(0, 1)
      .map(({ material: { pem } }) => ({ id, pem, hosts: claimed.map(({ host }) => host).toSorted() })),
  );
  return { certificates, problems: unique(problems) };
}

function askedBy({ metadata: { namespace = '', name }, spec }: Ingress): Asked[] {
  return (spec.tls ?? []).flatMap(({ hosts = [], secretName }) =>
    // Without a Secret the host has the default certificate.
    secretName ? [{ ingress: `${namespace}/${name}`, namespace, secretName, hosts }] : [],
  );
}

function readSecret(view: CertificateView, namespace: string, secretName: string) {
  const name = `${namespace}/${secretName}`;
  const instead = 'its hosts have the default certificate';
  const secret = view.secret(namespace, secretName);
  if (!secret) return { problem: { reason: 'SecretNotFound', message: `there is no Secret ${name}: ${instead}` } };
  const { material, error } = view.tls.of(secret);
  if (material) return { material };
  return { problem: { reason: 'BadCertificate', message: `Secret ${name} can't be served: ${error}; ${instead}` } };
}

function wordsOf({ claimed, by }: { readonly claimed: Claim; readonly by: string }, ingress: string): string {
  return by === ingress ? `Secret ${claimed.secret}, which comes first` : `Ingress ${by}, which is older`;
}

/** A Secret that is named for several hosts is told of once. */
function unique(problems: readonly Problem[]): Problem[] {
  return [...new Map(problems.map((one) => [`${one.ingress} ${one.message}`, one])).values()];
}
