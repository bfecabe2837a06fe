/** Container logs: kubelet's defaults (containerLogMaxSize 10Mi, containerLogMaxFiles 5), so that no pod fills the SD card. */
export const containerLogging = {
  LogConfig: { Type: 'json-file', Config: { 'max-size': '10m', 'max-file': '5' } },
} as const;

/** The sandbox never writes a line: no file either. */
export const sandboxLogging = { LogConfig: { Type: 'none', Config: {} } } as const;
