import { canonicalQuantity, tryParseQuantity } from '../../meta/quantity.ts';
import type { Volume } from '../../types.ts';
import { defaultPullPolicy } from './image-name.ts';
import type { DownwardApiFile } from './parts.ts';

const FILE_MODE = 0o644;
const TOKEN_SECONDS = 3600;

/** Defaults of one volume; one without any source is an emptyDir. */
export function setVolumeDefaults(volume: Volume): void {
  const sources = Object.entries(volume).filter(
    ([key, value]) => key !== 'name' && value !== undefined && value !== null,
  );
  if (sources.length === 0) volume.emptyDir = {};
  setEmptyDirDefaults(volume);
  if (volume.hostPath) volume.hostPath.type ??= '';
  if (volume.secret) volume.secret.defaultMode ??= FILE_MODE;
  if (volume.configMap) volume.configMap.defaultMode ??= FILE_MODE;
  if (volume.downwardAPI) {
    volume.downwardAPI.defaultMode ??= FILE_MODE;
    for (const file of volume.downwardAPI.items ?? []) setDownwardApiDefaults(file);
  }
  setProjectedDefaults(volume);
  setNetworkDiskDefaults(volume);
  const claim = volume.ephemeral?.volumeClaimTemplate?.spec;
  if (claim) claim.volumeMode ??= 'Filesystem';
  if (volume.image) volume.image.pullPolicy ||= defaultPullPolicy(volume.image.reference ?? '');
}

function setEmptyDirDefaults({ emptyDir }: Volume): void {
  if (emptyDir?.sizeLimit === undefined || !tryParseQuantity(emptyDir.sizeLimit)) return;
  emptyDir.sizeLimit = canonicalQuantity(emptyDir.sizeLimit);
}

function setDownwardApiDefaults(file: DownwardApiFile): void {
  if (file.fieldRef) file.fieldRef.apiVersion ||= 'v1';
  if (file.resourceFieldRef) file.resourceFieldRef.divisor ??= '0';
}

function setProjectedDefaults({ projected }: Volume): void {
  if (!projected) return;
  projected.defaultMode ??= FILE_MODE;
  for (const source of projected.sources ?? []) {
    if (source.serviceAccountToken) source.serviceAccountToken.expirationSeconds ??= TOKEN_SECONDS;
    for (const file of source.downwardAPI?.items ?? []) setDownwardApiDefaults(file);
  }
}

function setNetworkDiskDefaults({ iscsi, rbd, azureDisk, scaleIO }: Volume): void {
  if (iscsi) iscsi.iscsiInterface ||= 'default';
  if (rbd) {
    rbd.pool ||= 'rbd';
    rbd.user ||= 'admin';
    rbd.keyring ||= '/etc/ceph/keyring';
  }
  if (azureDisk) {
    azureDisk.cachingMode ??= 'ReadWrite';
    azureDisk.kind ??= 'Shared';
    azureDisk.fsType ??= 'ext4';
    azureDisk.readOnly ??= false;
  }
  if (scaleIO) {
    scaleIO.storageMode ||= 'ThinProvisioned';
    scaleIO.fsType ||= 'xfs';
  }
}
