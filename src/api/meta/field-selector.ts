import { badRequest } from './errors.ts';

/** A field selector, ready to be asked. */
interface FieldSelector {
  /** Matches everything. */
  readonly isEmpty: boolean;
  readonly terms: readonly FieldTerm[];
  /** @param fields value by field label; one that is not there counts as ''. */
  matches(fields: Readonly<Record<string, string>>): boolean;
  /** The value that `field` has to have, when the selector says so: lets a list by name become a get. */
  requiredValue(field: string): string | undefined;
}

interface FieldTerm {
  readonly field: string;
  readonly operator: '=' | '!=';
  readonly value: string;
}

/** What every object can be selected by. */
const METADATA_FIELDS = ['metadata.name', 'metadata.namespace'];

/**
 * Reads the query parameter `fieldSelector`: `a=b,c==d,e!=f`; `\\`, `\,` and `\=` stand for themselves in values.
 * @throws ApiError BadRequest in the words of apimachinery's fields.ParseSelector.
 */
export function parseFieldSelector(text: string): FieldSelector {
  const terms = splitTerms(text)
    .filter((part) => part !== '')
    .map((part) => parseTerm(part, text));
  return {
    isEmpty: terms.length === 0,
    terms,
    matches: (fields) =>
      terms.every(({ field, operator, value }) => ((fields[field] ?? '') === value) === (operator === '=')),
    requiredValue: (field) => terms.find((term) => term.field === field && term.operator === '=')?.value,
  };
}

/**
 * Refuses fields that a kind is not selected by.
 * @param supported labels beside metadata.name and metadata.namespace: the keys of `KindDefinition.selectableFields`.
 * @throws ApiError BadRequest; kinds with no labels of their own say which there are, as Kubernetes does.
 */
export function assertSelectable(selector: FieldSelector, supported: readonly string[]): void {
  for (const { field } of selector.terms) {
    if (METADATA_FIELDS.includes(field) || supported.includes(field)) continue;
    throw badRequest(
      supported.length > 0
        ? `field label not supported: ${field}`
        : `"${field}" is not a known field selector: only "metadata.name", "metadata.namespace"`,
    );
  }
}

function splitTerms(text: string): string[] {
  const parts = [''];
  for (let at = 0; at < text.length; at += 1) {
    const letter = text.charAt(at);
    if (letter === ',') parts.push('');
    else if (letter === '\\') {
      parts.push(`${parts.pop()}${letter}${text.charAt(at + 1)}`);
      at += 1;
    } else parts.push(`${parts.pop()}${letter}`);
  }
  return parts;
}

function parseTerm(part: string, whole: string): FieldTerm {
  const [, field, operator, value] = /^(.*?)(!=|==|=)(.*)$/s.exec(part) ?? [];
  if (field === undefined || value === undefined) {
    throw badRequest(`invalid selector: '${whole}'; can't understand '${part}'`);
  }
  return { field, operator: operator === '!=' ? '!=' : '=', value: unescapeValue(value) };
}

function unescapeValue(value: string): string {
  let plain = '';
  for (let at = 0; at < value.length; at += 1) {
    const letter = value.charAt(at);
    if (letter === '\\') {
      const escaped = value.charAt(at + 1);
      if (!escaped || !'\\,='.includes(escaped)) {
        throw badRequest(`invalid field selector: invalid escape sequence: ${letter}${escaped}`);
      }
      plain += escaped;
      at += 1;
    } else if (letter === '=') {
      // Kubernetes prints the rune as its number.
      throw badRequest(`invalid field selector: unescaped character in value: ${letter.charCodeAt(0)}`);
    } else plain += letter;
  }
  return plain;
}
