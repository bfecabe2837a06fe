/** Why a backup cannot be made or used, in words for a person. */
export class BackupError extends Error {
  override readonly name = 'BackupError';
}

/** What the system said, as what it means for a backup. */
export function backupFailure(error: unknown, doing: string): BackupError {
  if (error instanceof BackupError) return error;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new BackupError(`${doing}: the disk is full; nothing was kept`, { cause: error });
  return new BackupError(`${doing}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
}
