import { ApiError } from '../../../api/meta/errors.ts';

/** Whether a create was refused because its namespace is being deleted: whoever makes things there stops, and says nothing. */
export function isNamespaceTerminating(error: unknown): boolean {
  if (!(error instanceof ApiError)) return false;
  return error.details.causes?.some(({ reason }) => reason === 'NamespaceTerminating') ?? false;
}
