/** The messages of proto/*.proto as both sides handle them: fields in camelCase, `oneof` as the one member that is set. */
export interface ChannelData {
  readonly channel: number;
  readonly data: Uint8Array;
}

/** proto: StreamFrame. Exactly one member is set. */
export interface StreamFrame {
  readonly hello?: { readonly streamId: string };
  readonly data?: ChannelData;
  readonly end?: { readonly channel: number };
  readonly resize?: { readonly width: number; readonly height: number };
  /** metav1.Status as JSON. */
  readonly result?: { readonly status: Uint8Array };
}

export interface LogRequest {
  readonly follow: boolean;
  readonly previous: boolean;
  readonly timestamps: boolean;
  /** 0: not asked for. */
  readonly sinceSeconds: number;
  /** RFC 3339; '': not asked for. */
  readonly sinceTime: string;
  readonly hasTailLines: boolean;
  readonly tailLines: number;
  /** 0: no limit. */
  readonly limitBytes: number;
}

export interface ExecRequest {
  readonly command: readonly string[];
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly tty: boolean;
}

export type AttachRequest = Omit<ExecRequest, 'command'>;

/** proto: OpenStream. Exactly one of log, exec, attach, portForward is set. */
export interface OpenStream {
  readonly streamId: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly container: string;
  readonly log?: LogRequest;
  readonly exec?: ExecRequest;
  readonly attach?: AttachRequest;
  readonly portForward?: { readonly port: number };
}
