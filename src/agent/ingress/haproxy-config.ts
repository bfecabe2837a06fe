import { createHash } from 'node:crypto';
import type { IngressCertificate } from '../../lib/ingress/certificates.ts';
import type { Match, Route } from '../../lib/ingress/routing-table.ts';
import { contactPath } from '../uplink/contact.ts';
import type { ProxyBackend } from './proxy-backends.ts';
import { RESOLVERS, renderResolvers } from './resolvers.ts';
import type { Server, Slots } from './slots.ts';
import { word } from './word.ts';

export interface ProxySettings {
  /** Where its files are. */
  readonly folder: string;
  /** 0: not served. */
  readonly httpPort: number;
  readonly httpsPort: number;
}

export interface ProxyContent {
  readonly routes: readonly Route[];
  readonly certificates: readonly IngressCertificate[];
  readonly backends: readonly ProxyBackend[];
  /** The cluster's DNS as this node serves it; undefined while it has no place to. */
  readonly nameServer: Server | undefined;
}

export interface RenderedProxy {
  /** Names all of it but where servers are: a proxy that has loaded the same needs to be told of servers alone. */
  readonly structure: string;
  /** Name in the folder → text. */
  readonly files: ReadonlyMap<string, string>;
}

/** In memory (/run), since keys are in it; of each data directory another. */
export function ingressFolder(dataDir: string): string {
  return contactPath(dataDir).replace(/contact-(.*)\.json$/, 'ingress-$1');
}

export const CONFIG_FILE = 'haproxy.cfg';
export const SOCKET_FILE = 'haproxy.sock';
/** What is shown to clients that ask for no name that there is a certificate for; made by whoever starts the proxy. */
export const DEFAULT_CERTIFICATE = 'default.pem';
const CERTIFICATE_LIST = 'certificates.list';
/** Where the proxy is locked in. */
export const EMPTY_FOLDER = 'empty';

/** How long a proxy that was replaced lets connections that are open, WebSockets above all, go on. */
const DRAIN = '10m';

/**
 * The proxy's configuration: the same text for the same content.
 * @param places of each backend's servers
 */
export function renderProxy(
  content: ProxyContent,
  settings: ProxySettings,
  places: ReadonlyMap<string, Slots>,
): RenderedProxy {
  const maps = MATCHES.map((match): [string, string] => [`${match}.map`, renderMap(content.routes, match)]);
  const certificates = content.certificates.map(({ id, pem }): [string, string] => [certificateFile(id), pem]);
  const list = renderCertificateList(content.certificates, settings.folder);
  const parts = new Map([...maps, ...certificates, [CERTIFICATE_LIST, list]]);
  const placesOf = ({ name }: ProxyBackend) => places.get(name) ?? [];
  const bare = renderMain(content, settings, '', (backend) => placesOf(backend).map(() => undefined));
  const structure = createHash('sha256')
    .update(JSON.stringify([bare, [...parts].toSorted()]))
    .digest('hex');
  return { structure, files: parts.set(CONFIG_FILE, renderMain(content, settings, structure, placesOf)) };
}

function certificateFile(id: string): string {
  return `${word(id)}.pem`;
}

const MATCHES: readonly Match[] = ['exact', 'prefix', 'default'];

/** Keys are a host with a path: no host holds a slash, and each path begins with one. */
function renderMap(routes: readonly Route[], match: Match): string {
  const lines = routes
    .filter((route) => route.match === match)
    .map(({ host, path, backend }) => `${hostPattern(host)}${line(path)} ${word(backend)}\n`);
  return lines.toSorted().join('');
}

/** Each with the names that it is shown for: of one without any haproxy takes those in the certificate, whoever has them. */
function renderCertificateList(certificates: readonly IngressCertificate[], folder: string): string {
  const entries = certificates
    .filter(({ hosts }) => hosts.length > 0)
    .map(({ id, hosts }) => [certificateFile(id), ...hosts.map(hostPattern)].join(' '));
  // The first is what clients get that ask for none of the names, and for no name itself (`!*`).
  return [`${DEFAULT_CERTIFICATE} !*`, ...entries.toSorted()].map((entry) => `${folder}/${entry}\n`).join('');
}

function renderMain(
  content: ProxyContent,
  settings: ProxySettings,
  structure: string,
  places: (backend: ProxyBackend) => Slots,
): string {
  return [
    renderGlobal(settings, structure),
    renderFrontend(settings),
    ...(content.backends.some(({ external }) => external) ? [renderResolvers(content.nameServer)] : []),
    ...content.backends.map((backend) => renderBackend(backend, places(backend))),
  ].join('\n');
}

function renderGlobal({ folder }: ProxySettings, structure: string): string {
  return `global
  description ${structure}
  user haproxy
  group haproxy
  chroot ${folder}/${EMPTY_FOLDER}
  stats socket ${folder}/${SOCKET_FILE} mode 600 level admin expose-fd listeners
  stats timeout 24d
  maxconn 8192
  hard-stop-after ${DRAIN}
  ssl-default-bind-options ssl-min-ver TLSv1.2

defaults
  mode http
  maxconn 8192
  balance roundrobin
  # A server that fails a connection is left out at the second try: the slices tell of it later.
  retries 3
  option redispatch 1
  retry-on conn-failure empty-response
  # Whoever is between two requests when the configuration changes loses none of them.
  option idle-close-on-response
  timeout connect 3s
  timeout http-request 30s
  timeout http-keep-alive 60s
  timeout client 60s
  timeout client-fin 30s
  timeout server 60s
  timeout tunnel 1h
`;
}

/**
 * Finds the backend: of each kind of host, the exact ones first, the exact path and then the longest prefix; then defaults
 * in the same order. Prefixes end in a slash, and one is put behind the path, so that they match whole elements alone.
 */
function renderFrontend({ folder, httpPort, httpsPort }: ProxySettings): string {
  const unlessFound = ' if !{ var(txn.backend) -m found }';
  const look = (host: string, match: Match, key: string) =>
    `  http-request set-var(txn.backend) var(txn.${host}),${key}map_${match === 'prefix' ? 'beg' : 'str'}(${folder}/${match}.map)${unlessFound}`;
  const paths = HOSTS.flatMap(([host, text]) => [
    // A name is made only when the one before it has led nowhere.
    `  http-request set-var(txn.${host}) ${text}${unlessFound}`,
    look(host, 'exact', 'concat(,txn.path),'),
    look(host, 'prefix', 'concat(,txn.path,/),'),
  ]);
  return [
    'frontend ingress',
    ...(httpPort ? [`  bind :${httpPort}`] : []),
    ...(httpsPort ? [`  bind :${httpsPort} ssl crt-list ${folder}/${CERTIFICATE_LIST} alpn h2,http/1.1`] : []),
    '  http-request set-var(txn.path) path',
    ...paths,
    ...HOSTS.map(([host]) => look(host, 'default', '')),
    '  http-request return status 404 content-type text/plain string "no Ingress has a rule for this host and path\\n"' +
      unlessFound,
    // What a client says of itself there is not to be believed.
    '  http-request del-header Forwarded',
    '  http-request set-header X-Forwarded-For %[src]',
    '  http-request set-header X-Forwarded-Host %[req.hdr(host)]',
    '  http-request set-header X-Forwarded-Port %[dst_port]',
    '  http-request set-header X-Forwarded-Proto %[ssl_fc,iif(https,http)]',
    // Sent twice it does what it did once for these alone.
    '  http-request disable-l7-retry unless METH_GET or { method HEAD OPTIONS }',
    '  use_backend %[var(txn.backend)]',
    '',
  ].join('\n');
}

/** The kinds of hosts, and how each one's name comes of the request's. */
const HOSTS = [
  ['host', 'req.hdr(host),field(1,:),lower'],
  ['wildcard', 'var(txn.host),regsub(^[^.]+,*)'],
  ['every', 'str(*)'],
] as const;

function renderBackend(backend: ProxyBackend, slots: Slots): string {
  const { name, external, isHttp2, isSticky } = backend;
  const protocol = isHttp2 ? ' proto h2' : '';
  const places = slots.map((server, index) => {
    const where = server ? `${word(server.ip)}:${server.port}` : '0.0.0.0:80';
    return `  server ${serverName(index)} ${where}${protocol}${server ? '' : ' disabled'}`;
  });
  const lines = external
    ? [
        // Not libc: it would hold up the start for as long as no name server answers it.
        `  server external ${word(external.host)}:${external.port} resolvers ${RESOLVERS} init-addr last,none resolve-prefer ipv4`,
      ]
    : places;
  return [
    `backend ${word(name)}`,
    ...(isSticky ? ['  balance source', '  hash-type consistent'] : []),
    ...lines,
    '',
  ].join('\n');
}

/** `s1` is the first place. */
export function serverName(index: number): string {
  return `s${index + 1}`;
}

function hostPattern(host: string): string {
  if (host === '*') return host;
  return host.startsWith('*.') ? `*.${word(host.slice(2))}` : word(host);
}

/** In a map blanks and line ends part keys from values; in a path they are percent-encoded. */
function line(path: string): string {
  if (!/^[\x21-\x7e]*$/.test(path)) throw new Error(`path "${path}" may not stand in the proxy's configuration`);
  return path;
}
