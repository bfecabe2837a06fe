import { ApiError, type StatusReason } from '../../api/meta/errors.ts';

/** Awaits a write whose outcome `reasons` would mean that it is done already, or that a newer view is on its way. */
export async function ignoring(reasons: readonly StatusReason[], write: Promise<unknown>): Promise<void> {
  try {
    await write;
  } catch (error) {
    if (!(error instanceof ApiError && reasons.includes(error.reason))) throw error;
  }
}
