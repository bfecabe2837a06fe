import type { StatusCause } from './errors.ts';
import { invalid } from './field-errors.ts';
import { type Token, type TokenKind, tokenize } from './label-lexer.ts';
import { checkLabelValue, checkQualifiedName } from './validation.ts';

/** One term of a selector; `values` is sorted and without repeats, empty for `exists` and `!`. */
export interface Requirement {
  readonly key: string;
  readonly operator: 'in' | 'notin' | '=' | '==' | '!=' | 'gt' | 'lt' | 'exists' | '!';
  readonly values: readonly string[];
}

/** The text is no label selector; the message is Kubernetes'. */
export class SelectorError extends Error {
  override readonly name = 'SelectorError';
}

const OPERATORS: Partial<Record<TokenKind, Requirement['operator']>> = {
  in: 'in',
  notin: 'notin',
  '=': '=',
  '==': '==',
  '!=': '!=',
  '>': 'gt',
  '<': 'lt',
};
const OPERATOR_LIST = 'in, notin, =, ==, !=, gt, lt';
/** What apimachinery prints for a path that nobody gave. */
const NO_PATH = '<nil>';

/** Reads a selector's text. Source: apimachinery, pkg/labels.Parse. @throws SelectorError */
export function parseRequirements(text: string): Requirement[] {
  return new Parser(tokenize(text)).parse();
}

/** Words stay words where a value or key is due (`in` is a fine label); only after a key are `in` and `notin` operators. */
type Context = 'value' | 'operator';

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  parse(): Requirement[] {
    const found: Requirement[] = [];
    for (;;) {
      const next = this.#peek();
      if (next.kind === 'end') return found;
      if (next.kind !== 'identifier' && next.kind !== '!') {
        throw new SelectorError(`found '${next.text}', expected: !, identifier, or 'end of string'`);
      }
      found.push(this.#requirement());
      const separator = this.#take();
      if (separator.kind === 'end') return found;
      if (separator.kind !== ',') {
        throw new SelectorError(`found '${separator.text}', expected: ',' or 'end of string'`);
      }
      const after = this.#peek();
      if (after.kind !== 'identifier' && after.kind !== '!') {
        throw new SelectorError(`found '${after.text}', expected: identifier after ','`);
      }
    }
  }

  #requirement(): Requirement {
    const first = this.#take();
    const isNegated = first.kind === '!';
    const { kind, text: key } = isNegated ? this.#take() : first;
    if (kind !== 'identifier') throw unparsable(`found '${key}', expected: identifier`);
    throwCauses(keyCauses(key, NO_PATH));
    const next = this.#peek().kind;
    // Of `!key=value` the caller then finds a `=` where it wants a comma.
    if (isNegated) return { key, operator: '!', values: [] };
    if (next === 'end' || next === ',') return { key, operator: 'exists', values: [] };
    const operator = this.#operator();
    const values = operator === 'in' || operator === 'notin' ? this.#values() : [this.#exactValue()];
    const sorted = [...new Set(values)].sort();
    throwCauses(requirementCauses({ key, operator, values: sorted }));
    return { key, operator, values: sorted };
  }

  #operator(): Requirement['operator'] {
    const { kind, text } = this.#take('operator');
    const operator = OPERATORS[kind];
    if (!operator) throw unparsable(`found '${text}', expected: ${OPERATOR_LIST}`);
    return operator;
  }

  #values(): string[] {
    const open = this.#take();
    if (open.kind !== '(') throw unparsable(`found '${open.text}' expected: '('`);
    const next = this.#peek();
    if (next.kind === ')') {
      this.#take();
      return [];
    }
    if (next.kind !== 'identifier' && next.kind !== ',') {
      throw unparsable(`found '${next.text}', expected: ',', ')' or identifier`);
    }
    return this.#list();
  }

  /** After the bracket: words and commas up to the closing one; between, before and after commas a value may be empty. */
  #list(): string[] {
    const values: string[] = [];
    for (;;) {
      const { kind, text } = this.#take();
      if (kind === 'identifier') {
        values.push(text);
        const next = this.#peek();
        if (next.kind === ')') break;
        if (next.kind !== ',') throw unparsable(`found '${next.text}', expected: ',' or ')'`);
      } else if (kind === ',') {
        const next = this.#peek();
        if (values.length === 0 || next.kind === ')' || next.kind === ',') values.push('');
        if (next.kind === ')') break;
      } else {
        throw unparsable(`found '${text}', expected: ',', or identifier`);
      }
    }
    this.#take();
    return values;
  }

  #exactValue(): string {
    const next = this.#peek();
    if (next.kind === 'end' || next.kind === ',') return '';
    const { kind, text } = this.#take();
    if (kind !== 'identifier') throw unparsable(`found '${text}', expected: identifier`);
    return text;
  }

  #peek(context: Context = 'value'): Token {
    const token = this.#tokens[this.#at] ?? { kind: 'end', text: '' };
    const isKeyword = token.kind === 'in' || token.kind === 'notin';
    return isKeyword && context === 'value' ? { ...token, kind: 'identifier' } : token;
  }

  #take(context: Context = 'value'): Token {
    const token = this.#peek(context);
    this.#at += 1;
    return token;
  }
}

function unparsable(why: string): SelectorError {
  return new SelectorError(`unable to parse requirement: ${why}`);
}

function throwCauses(causes: readonly StatusCause[]): void {
  if (causes.length === 0) return;
  const texts = causes.map(({ field, message }) => `${field}: ${message}`);
  throw unparsable(texts.length === 1 ? (texts[0] ?? '') : `[${texts.join(', ')}]`);
}

/** Several messages of one key or value are one cause here, unlike in objects. */
function keyCauses(key: string, path: string): StatusCause[] {
  const wrong = checkQualifiedName(key);
  return wrong.length > 0 ? [invalid(path, key, wrong.join('; '))] : [];
}

function requirementCauses({ key, operator, values }: Requirement): StatusCause[] {
  return [
    ...operatorCauses(operator, values),
    ...values.flatMap((value, index) => {
      const wrong = checkLabelValue(value);
      return wrong.length > 0 ? [invalid(`values[${index}][${key}]`, value, wrong.join('; '))] : [];
    }),
  ];
}

function operatorCauses(operator: Requirement['operator'], values: readonly string[]): StatusCause[] {
  if ((operator === 'in' || operator === 'notin') && values.length === 0) {
    return [invalid('values', [], "for 'in', 'notin' operators, values set can't be empty")];
  }
  if ((operator === 'gt' || operator === 'lt') && !/^[-+]?\d+$/.test(values[0] ?? '')) {
    return [invalid('values[0]', values[0], "for 'Gt', 'Lt' operators, the value must be an integer")];
  }
  return [];
}
