const HEADER = 12;
const RESPONSE = 0x80;
const RECURSION_AVAILABLE = 0x80;
const NXDOMAIN = 3;
const NO_ERROR = 0;
const TYPE_A = 1;

/**
 * What a resolver that knows these names, and no others, answers to a question (RFC 1035): an address, nothing of that type, or
 * NXDOMAIN. A silent resolver would cost each `docker pull` ten seconds: the engine looks Docker Hub up before its mirror.
 * @returns undefined for what is no question
 */
export function answer(question: Buffer, names: Readonly<Record<string, string>>): Buffer | undefined {
  const parsed = parseName(question);
  if (!parsed) return undefined;
  const { name, end } = parsed;
  const type = question.readUInt16BE(end);
  const asked = question.subarray(HEADER, end + 4);
  const address = names[name];
  const header = Buffer.alloc(HEADER);
  question.copy(header, 0, 0, 4);
  header[2] = (question[2] ?? 0) | RESPONSE;
  header[3] = RECURSION_AVAILABLE | (address ? NO_ERROR : NXDOMAIN);
  header.writeUInt16BE(1, 4);
  if (!address || type !== TYPE_A) return Buffer.concat([header, asked]);
  header.writeUInt16BE(1, 6);
  // The name again, by its place in the question; type A, class IN, 30 s, four bytes.
  const record = Buffer.from([0xc0, HEADER, 0, TYPE_A, 0, 1, 0, 0, 0, 30, 0, 4, ...address.split('.').map(Number)]);
  return Buffer.concat([header, asked, record]);
}

/** The one name that is asked for, in lower case, and where it ends. */
function parseName(question: Buffer): { readonly name: string; readonly end: number } | undefined {
  const labels: string[] = [];
  let at = HEADER;
  for (let length = question[at]; length !== 0; length = question[at]) {
    if (length === undefined || length > 63) return undefined;
    labels.push(question.toString('latin1', at + 1, at + 1 + length).toLowerCase());
    at += length + 1;
  }
  return question.length < at + 5 ? undefined : { name: labels.join('.'), end: at + 1 };
}
