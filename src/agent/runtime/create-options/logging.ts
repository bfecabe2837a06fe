/** Bounds of one container's log, so that no pod fills the SD card. */
export interface LogLimits {
  readonly maxBytes: number;
  /** The one in use included. */
  readonly maxFiles: number;
}

/** kubelet's containerLogMaxSize and containerLogMaxFiles: Docker turns the files over, and reads across them. */
export function containerLogging({ maxBytes, maxFiles }: LogLimits) {
  return {
    LogConfig: { Type: 'json-file', Config: { 'max-size': String(maxBytes), 'max-file': String(maxFiles) } },
  } as const;
}

/** The sandbox never writes a line: no file either. */
export const sandboxLogging = { LogConfig: { Type: 'none', Config: {} } } as const;
