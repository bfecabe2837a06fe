import { Transform, type TransformCallback } from 'node:stream';

/** Which attributes of which elements hold a URL (apimachinery, proxy.atomsToAttrs). */
const URL_ATTRIBUTES: Readonly<Record<string, readonly string[]>> = {
  a: ['href'],
  applet: ['codebase'],
  area: ['href'],
  audio: ['src'],
  base: ['href'],
  blockquote: ['cite'],
  body: ['background'],
  button: ['formaction'],
  command: ['icon'],
  del: ['cite'],
  embed: ['src'],
  form: ['action'],
  frame: ['longdesc', 'src'],
  head: ['profile'],
  html: ['manifest'],
  iframe: ['longdesc', 'src'],
  img: ['longdesc', 'src', 'usemap'],
  input: ['src', 'usemap', 'formaction'],
  ins: ['cite'],
  link: ['href'],
  object: ['classid', 'codebase', 'data', 'usemap'],
  q: ['cite'],
  script: ['src'],
  source: ['src'],
  video: ['poster', 'src'],
};
/** What is in these is text, whatever it looks like. */
const RAW_TEXT = new Set(['script', 'style', 'textarea', 'title', 'xmp', 'iframe', 'noembed', 'noframes', 'plaintext']);
/** A start tag with its attributes, quoted or not. */
const START_TAG = /^<([a-z][^\s/>]*)((?:[^>"']|"[^"]*"|'[^']*')*)>/i;
const ATTRIBUTE = /([^\s"'<>/=]+)(\s*=\s*)("[^"]*"|'[^']*'|[^\s"'>]+)/g;
/** A tag or comment longer than this goes on as it is: nobody's page makes the master hold more. */
const MAX_PENDING = 256 * 1024;

/** Rewrites the links of an HTML page on its way through. All other bytes stay as they are, whatever the encoding. */
export class HtmlLinks extends Transform {
  readonly #rewrite: (url: string) => string;
  /** What is not decided yet: begins with `<`. Latin-1, so that each character is a byte. */
  #pending = '';
  /** The element whose end tag is waited for. */
  #rawText = '';

  constructor(rewrite: (url: string) => string) {
    super();
    this.#rewrite = rewrite;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#pending += chunk.toString('latin1');
    let out = '';
    for (let piece = this.#next(); piece !== undefined; piece = this.#next()) out += piece;
    if (this.#pending.length > MAX_PENDING) {
      out += this.#pending;
      this.#pending = '';
    }
    done(null, Buffer.from(out, 'latin1'));
  }

  override _flush(done: TransformCallback): void {
    done(null, Buffer.from(this.#pending, 'latin1'));
  }

  /** The next piece of the page that is decided; undefined when more is needed. */
  #next(): string | undefined {
    if (this.#pending === '') return undefined;
    if (this.#rawText) return this.#nextOfRawText();
    const at = this.#pending.indexOf('<');
    if (at !== 0) return this.#take(at < 0 ? this.#pending.length : at);
    if ('<!--'.startsWith(this.#pending.slice(0, 4))) {
      const end = this.#pending.indexOf('-->', 4);
      return end < 0 ? undefined : this.#take(end + 3);
    }
    const tag = START_TAG.exec(this.#pending);
    if (tag) return this.#startTag(tag);
    // `<` that begins no tag is text; what may yet become one waits.
    return /^<[a-z]?/i.exec(this.#pending)?.[0].length === 2 || this.#pending === '<' ? undefined : this.#take(1);
  }

  #nextOfRawText(): string | undefined {
    const lower = this.#pending.toLowerCase();
    const end = lower.indexOf(`</${this.#rawText}`);
    const waiting = `</${this.#rawText}`.length - 1;
    // The end tag may have come in part.
    if (end < 0) return lower.length > waiting ? this.#take(lower.length - waiting) : undefined;
    const text = this.#take(end + 1);
    this.#rawText = '';
    return text;
  }

  #startTag([whole, name = '', attributes = '']: RegExpExecArray): string {
    this.#take(whole.length);
    const element = name.toLowerCase();
    if (RAW_TEXT.has(element)) this.#rawText = element;
    const urls = URL_ATTRIBUTES[element];
    if (!urls) return whole;
    const rewritten = attributes.replace(ATTRIBUTE, (all, key: string, equals: string, value: string) =>
      urls.includes(key.toLowerCase()) ? `${key}${equals}${this.#value(value)}` : all,
    );
    return `<${name}${rewritten}>`;
  }

  #value(text: string): string {
    const quote = /^["']/.exec(text)?.[0] ?? '';
    const url = quote ? text.slice(1, -1) : text;
    return `${quote}${this.#rewrite(url)}${quote}`;
  }

  #take(length: number): string {
    const piece = this.#pending.slice(0, length);
    this.#pending = this.#pending.slice(length);
    return piece;
  }
}
