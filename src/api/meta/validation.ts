import { isIP } from 'node:net';

/**
 * Checks of single values. Each returns what is wrong, in Kubernetes' words (apimachinery, util/validation and
 * api/validate/content), and an empty list when nothing is: the caller makes field errors of them (invalidEach).
 */

const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const SUBDOMAIN = `${LABEL}(\\.${LABEL})*`;
const LABEL_1035 = '[a-z]([-a-z0-9]*[a-z0-9])?';
const UNDERSCORE_LABEL = '_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?';
const UNDERSCORE_SUBDOMAIN = `${UNDERSCORE_LABEL}(\\.${UNDERSCORE_LABEL})*`;
const WILDCARD = `\\*\\.${SUBDOMAIN}`;
const NAME_PART = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const C_IDENTIFIER = '[A-Za-z_][A-Za-z0-9_]*';
const CONFIG_KEY = '[-._a-zA-Z0-9]+';
const HTTP_HEADER = '[-A-Za-z0-9]+';
const HTTP_PATH = "[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+";
const PERCENT = '[0-9]+%';

const label = exactly(LABEL);
const subdomain = exactly(SUBDOMAIN);
const label1035 = exactly(LABEL_1035);
const underscoreSubdomain = exactly(UNDERSCORE_SUBDOMAIN);
const wildcard = exactly(WILDCARD);
const namePart = exactly(NAME_PART);
const labelValue = exactly(`(${NAME_PART})?`);
const cIdentifier = exactly(C_IDENTIFIER);
const configKey = exactly(CONFIG_KEY);
const httpHeader = exactly(HTTP_HEADER);
const httpPath = exactly(HTTP_PATH);
const percent = exactly(PERCENT);

const MAX_LABEL = 63;
const MAX_SUBDOMAIN = 253;
const MAX_PORT_NAME = 15;
/** uint32, as the kernel keeps ids. */
const MAX_ID = 0xffff_ffff;

export function checkDns1123Label(value: string): string[] {
  const wrong = checkLength(value, MAX_LABEL);
  if (label.test(value)) return wrong;
  if (subdomain.test(value)) return [...wrong, 'must not contain dots'];
  const rule =
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character";
  return [...wrong, regexText(rule, LABEL, 'my-name', '123-abc')];
}

export function checkDns1123Subdomain(value: string): string[] {
  const wrong = checkLength(value, MAX_SUBDOMAIN);
  if (subdomain.test(value)) return wrong;
  const rule =
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character";
  return [...wrong, regexText(rule, SUBDOMAIN, 'example.com')];
}

/** As the search list of a dnsConfig allows: labels may hold underscores. */
export function checkDns1123SubdomainWithUnderscore(value: string): string[] {
  const wrong = checkLength(value, MAX_SUBDOMAIN);
  if (underscoreSubdomain.test(value)) return wrong;
  const rule =
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must start and end with an alphanumeric character";
  return [...wrong, regexText(rule, UNDERSCORE_SUBDOMAIN, 'example.com')];
}

export function checkWildcardDns1123Subdomain(value: string): string[] {
  const wrong = checkLength(value, MAX_SUBDOMAIN);
  if (wildcard.test(value)) return wrong;
  const rule =
    "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character";
  return [...wrong, regexText(rule, WILDCARD, '*.example.com')];
}

/** Names of Services. */
export function checkDns1035Label(value: string): string[] {
  const wrong = checkLength(value, MAX_LABEL);
  if (label1035.test(value)) return wrong;
  const rule =
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character";
  return [...wrong, regexText(rule, LABEL_1035, 'my-name', 'abc-123')];
}

/** A label's or annotation's key, a taint's key, a condition's type: an optional DNS prefix, `/`, a name. */
export function checkQualifiedName(value: string): string[] {
  const rule =
    "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
  const hint = regexText(rule, NAME_PART, 'MyName', 'my.name', '123-abc');
  const parts = value.split('/');
  if (parts.length > 2) {
    return [`a valid label key ${hint} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`];
  }
  const wrong = parts.length === 2 ? checkPrefix(parts[0] ?? '') : [];
  const name = parts.at(-1) ?? '';
  if (name === '') wrong.push('name part must be non-empty');
  else if (bytes(name) > MAX_LABEL) wrong.push(`name part must be no more than ${MAX_LABEL} bytes`);
  if (!namePart.test(name)) wrong.push(`name part ${hint}`);
  return wrong;
}

function checkPrefix(prefix: string): string[] {
  if (prefix === '') return ['prefix part must be non-empty'];
  return checkDns1123Subdomain(prefix).map((text) => `prefix part ${text}`);
}

export function checkLabelValue(value: string): string[] {
  const wrong = bytes(value) > MAX_LABEL ? [`must be no more than ${MAX_LABEL} bytes`] : [];
  if (labelValue.test(value)) return wrong;
  const rule =
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
  return [...wrong, regexText(rule, `(${NAME_PART})?`, 'MyValue', 'my_value', '12345')];
}

/** Since v1.34 any printable ASCII but `=` (relaxed environment variable validation). */
export function checkEnvVarName(value: string): string[] {
  if (value === '') return ['environment variable name must be non-empty'];
  if (/^[ -<>-~]+$/.test(value)) return [];
  return ["a valid environment variable name must consist only of printable ASCII characters other than '='"];
}

/** A key of a ConfigMap's or Secret's data. */
export function checkConfigMapKey(value: string): string[] {
  const wrong = checkLength(value, MAX_SUBDOMAIN);
  if (!configKey.test(value)) {
    const rule = "a valid config key must consist of alphanumeric characters, '-', '_' or '.'";
    wrong.push(regexText(rule, CONFIG_KEY, 'key.name', 'KEY_NAME', 'key-name'));
  }
  if (value === '.') wrong.push("must not be '.'");
  else if (value === '..') wrong.push("must not be '..'");
  else if (value.startsWith('..')) wrong.push("must not start with '..'");
  return wrong;
}

export function checkPortNumber(value: number): string[] {
  return checkInRange(value, 1, 65535);
}

/** IANA_SVC_NAME: the name of a container's port, and of a Service's target. */
export function checkPortName(value: string): string[] {
  const wrong = checkLength(value, MAX_PORT_NAME);
  if (!/^[-a-z0-9]+$/.test(value)) {
    wrong.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)');
  }
  if (!/[a-z]/.test(value)) wrong.push('must contain at least one letter (a-z)');
  if (value.includes('--')) wrong.push('must not contain consecutive hyphens');
  if (value.startsWith('-') || value.endsWith('-')) wrong.push('must not begin or end with a hyphen');
  return wrong;
}

export function checkInRange(value: number, min: number, max: number): string[] {
  return value >= min && value <= max ? [] : [inclusiveRange(min, max)];
}

/** What Kubernetes says of a number outside of its range. */
function inclusiveRange(min: number, max: number): string {
  return `must be between ${min} and ${max}, inclusive`;
}

/** Of a uid or gid. */
export function checkUnixId(value: number): string[] {
  return checkInRange(value, 0, MAX_ID);
}

export function checkNonNegative(value: number): string[] {
  return value >= 0 ? [] : ['must be greater than or equal to 0'];
}

export function checkPercent(value: string): string[] {
  if (percent.test(value)) return [];
  const rule = "a valid percent string must be a numeric string followed by an ending '%'";
  return [regexText(rule, PERCENT, '1%', '93%')];
}

export function checkHttpHeaderName(value: string): string[] {
  if (httpHeader.test(value)) return [];
  const rule = "a valid HTTP header must consist of alphanumeric characters or '-'";
  return [regexText(rule, HTTP_HEADER, 'X-Header-Name')];
}

/** The part of a domain-prefixed path that is behind the domain. */
export function checkHttpPath(value: string): string[] {
  return httpPath.test(value) ? [] : [regexText('Invalid path', HTTP_PATH)];
}

export function checkCIdentifier(value: string): string[] {
  if (cIdentifier.test(value)) return [];
  const rule =
    "a valid C identifier must start with alphabetic character or '_', followed by a string of alphanumeric characters or '_'";
  return [regexText(rule, C_IDENTIFIER, 'my_name', 'MY_NAME', 'MyName')];
}

export function checkIpAddress(value: string): string[] {
  return isIP(value) ? [] : ['must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'];
}

/** Names that only have to fit into one segment of a URL path (RBAC). */
export function checkPathSegmentName(value: string): string[] {
  if (value === '.' || value === '..') return [`may not be '${value}'`];
  return ['/', '%'].filter((part) => value.includes(part)).map((part) => `may not contain '${part}'`);
}

/** A path on some host: absolute. */
export function checkAbsolutePath(value: string): string[] {
  return value.startsWith('/') ? [] : ['must be an absolute path'];
}

/** A path inside of a volume: relative, and never up. Kubernetes answers with the first that applies. */
export function checkLocalPath(value: string): string[] {
  if (value.startsWith('/')) return ['must be a relative path'];
  return checkNoBacksteps(value);
}

/** `..` may be part of a name, never a whole segment. */
export function checkNoBacksteps(value: string): string[] {
  return value.split('/').includes('..') ? ["must not contain '..'"] : [];
}

function checkLength(value: string, max: number): string[] {
  return bytes(value) > max ? [`must be no more than ${max} characters`] : [];
}

function bytes(value: string): number {
  return Buffer.byteLength(value);
}

/** `rule (e.g. 'a',  or 'b', regex used for validation is 'x')`: the two blanks are Kubernetes' own. */
function regexText(rule: string, regex: string, ...examples: string[]): string {
  const list = examples.map((example) => `'${example}', `).join(' or ');
  return `${rule} (${list ? `e.g. ${list}` : ''}regex used for validation is '${regex}')`;
}

function exactly(pattern: string): RegExp {
  return new RegExp(`^(?:${pattern})$`);
}
