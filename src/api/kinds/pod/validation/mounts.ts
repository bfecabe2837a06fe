import type { StatusCause } from '../../../meta/errors.ts';
import { forbidden, invalid, invalidEach, notFoundValue, notSupported, ofEach } from '../../../meta/field-errors.ts';
import { checkLocalPath, checkNoBacksteps } from '../../../meta/validation.ts';
import type { Container, Volume } from '../../../types.ts';
import type { VolumeMount } from '../parts.ts';
import { notEmpty } from './values.ts';

type Volumes = ReadonlyMap<string, Volume>;

export function mountCauses(container: Container, field: string, volumes: Volumes): StatusCause[] {
  const devices = container.volumeDevices ?? [];
  const mounts = container.volumeMounts ?? [];
  return ofEach(mounts, field, (mount, path, index) => {
    const { name, mountPath } = mount;
    const isRepeated = mounts.slice(0, index).some((other) => other.mountPath === mountPath);
    return [
      ...notEmpty(name, `${path}.name`),
      ...(volumes.has(name) ? [] : [notFoundValue(`${path}.name`, name)]),
      ...notEmpty(mountPath, `${path}.mountPath`),
      // Documented, and Docker separates the parts of a bind by colons.
      ...(mountPath?.includes(':') ? [invalid(`${path}.mountPath`, mountPath, "must not contain ':'")] : []),
      ...(isRepeated ? [invalid(`${path}.mountPath`, mountPath, 'must be unique')] : []),
      ...(devices.some((device) => device.name === name)
        ? [invalid(`${path}.name`, name, 'must not already exist in volumeDevices')]
        : []),
      ...(devices.some((device) => device.devicePath === mountPath)
        ? [invalid(`${path}.mountPath`, mountPath, 'must not already exist as a path in volumeDevices')]
        : []),
      ...subPathCauses(mount, path),
      ...propagationCauses(mount, container, `${path}.mountPropagation`),
      ...recursiveCauses(mount, `${path}.recursiveReadOnly`),
    ];
  });
}

function subPathCauses({ subPath, subPathExpr }: VolumeMount, field: string): StatusCause[] {
  return [
    ...(subPath ? invalidEach(`${field}.subPath`, subPath, checkLocalPath(subPath)) : []),
    ...(subPath && subPathExpr
      ? [invalid(`${field}.subPathExpr`, subPathExpr, 'subPathExpr and subPath are mutually exclusive')]
      : []),
    ...(subPathExpr ? invalidEach(`${field}.subPathExpr`, subPathExpr, checkLocalPath(subPathExpr)) : []),
  ];
}

function propagationCauses({ mountPropagation }: VolumeMount, container: Container, field: string): StatusCause[] {
  if (mountPropagation === undefined) return [];
  const modes = ['Bidirectional', 'HostToContainer', 'None'];
  if (!modes.includes(mountPropagation)) return [notSupported(field, mountPropagation, modes)];
  if (mountPropagation !== 'Bidirectional' || container.securityContext?.privileged) return [];
  return [forbidden(field, 'Bidirectional mount propagation is available only to privileged containers')];
}

function recursiveCauses(mount: VolumeMount, field: string): StatusCause[] {
  const { recursiveReadOnly, readOnly, mountPropagation } = mount;
  if (recursiveReadOnly === undefined || recursiveReadOnly === 'Disabled') return [];
  if (recursiveReadOnly !== 'Enabled' && recursiveReadOnly !== 'IfPossible') {
    return [notSupported(field, recursiveReadOnly, ['Disabled', 'Enabled', 'IfPossible'])];
  }
  return [
    ...(readOnly ? [] : [forbidden(field, 'may only be specified when readOnly is true')]),
    ...(mountPropagation === undefined || mountPropagation === 'None'
      ? []
      : [forbidden(field, 'may only be specified when mountPropagation is None or not specified')]),
  ];
}

export function volumeDeviceCauses(container: Container, field: string, volumes: Volumes): StatusCause[] {
  const mounts = container.volumeMounts ?? [];
  const devices = container.volumeDevices ?? [];
  return ofEach(devices, field, ({ name, devicePath }, path, index) => {
    const earlier = devices.slice(0, index);
    const isUnique = (is: boolean, key: string, value: string) =>
      is ? [] : [invalid(`${path}.${key}`, value, 'must be unique')];
    return [
      ...notEmpty(name, `${path}.name`),
      ...isUnique(!earlier.some((other) => other.name === name), 'name', name),
      ...blockCauses(volumes.get(name), `${path}.name`, name),
      ...notEmpty(devicePath, `${path}.devicePath`),
      ...isUnique(!earlier.some((other) => other.devicePath === devicePath), 'devicePath', devicePath),
      ...(checkNoBacksteps(devicePath).length > 0
        ? [invalid(`${path}.devicePath`, devicePath, "can not contain backsteps ('..')")]
        : []),
      ...(mounts.some((mount) => mount.name === name)
        ? [invalid(`${path}.name`, name, 'must not already exist in volumeMounts')]
        : []),
      ...(mounts.some((mount) => mount.mountPath === devicePath)
        ? [invalid(`${path}.devicePath`, devicePath, 'must not already exist as a path in volumeMounts')]
        : []),
    ];
  });
}

function blockCauses(volume: Volume | undefined, field: string, name: string): StatusCause[] {
  if (!volume) return [notFoundValue(field, name)];
  if (volume.persistentVolumeClaim || volume.ephemeral) return [];
  const text = 'can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode';
  return [invalid(field, name, text)];
}
