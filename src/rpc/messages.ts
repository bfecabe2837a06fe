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

/** proto: DialRequest */
export interface DialRequest {
  readonly port: number;
  readonly nodeAddress: string;
}

/** proto: OpenStream. Exactly one of log, exec, attach, portForward, dial is set. */
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
  readonly dial?: DialRequest;
}

export interface EnrollRequest {
  readonly token: string;
  readonly nodeName: string;
  readonly csrPem: string;
  readonly mayRename?: boolean;
  readonly replace?: boolean;
}

export interface RenewRequest {
  readonly csrPem: string;
}

/** For a node whose certificate has expired. */
export interface RecoverRequest {
  readonly csrPem: string;
  readonly certificatePem: string;
}

/** What Enroll, Recover and Renew answer. */
export interface CertificateResponse {
  readonly certificatePem: string;
  readonly caPem: string;
  /** Of Enroll only. */
  readonly nodeName?: string;
}

/** proto: ObjectDelta. `object` is the API JSON, empty with DELETE. */
export interface ObjectDelta {
  readonly operation: 'PUT' | 'DELETE';
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly object: Uint8Array;
}

export interface PodReport {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** v1 PodStatus as JSON. */
  readonly status: Uint8Array;
}

export type PodGone = Omit<PodReport, 'status'>;

/** The folder of a volume that was deleted is gone. */
export interface VolumeGone {
  readonly name: string;
  readonly uid: string;
}

/** How far the rules of nodes are behind the endpoints of Services, whose changes the master counts. */
export interface ServicesProgress {
  /** The newest change that this node was sent; it was sent all before it. */
  readonly sent: number;
  /** The newest one that is in the rules of every connected node. */
  readonly everywhere: number;
}

export interface EventReport {
  readonly kind: 'Pod' | 'Node' | 'Service';
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly fieldPath: string;
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
}

/** proto: AgentMessage. Exactly one member is set. */
export interface AgentMessage {
  /** `node` is a v1 Node as JSON. */
  readonly hello?: { readonly agentVersion: string; readonly node: Uint8Array };
  readonly node?: { readonly node: Uint8Array };
  readonly pod?: PodReport;
  readonly heartbeat?: Record<string, never>;
  readonly event?: EventReport;
  readonly podGone?: PodGone;
  readonly volumeGone?: VolumeGone;
  readonly servicesApplied?: { readonly mark: number };
}

export interface Welcome {
  readonly clusterDomain: string;
  readonly clusterDns: string;
  readonly clusterCidr: string;
  readonly serviceCidr: string;
  readonly heartbeatIntervalMs: number;
  readonly nodeMonitorGracePeriodMs: number;
}

/** proto: MasterMessage. Exactly one member is set. */
export interface MasterMessage {
  readonly welcome?: Welcome;
  readonly delta?: ObjectDelta;
  readonly snapshotEnd?: Record<string, never>;
  readonly openStream?: OpenStream;
  readonly heartbeat?: Record<string, never>;
  readonly masterAddresses?: { readonly address: readonly string[] };
  readonly servicesProgress?: ServicesProgress;
}
