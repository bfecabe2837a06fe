import type { Column } from '../../registry.ts';
import type { KubeObject, PodTemplateSpec } from '../../types.ts';

type Cell = string | number;
type Template = PodTemplateSpec | undefined;

/** A column whose cells are numbers. */
export function count<T extends KubeObject>(name: string, description: string, cell: (object: T) => Cell): Column<T> {
  return { name, type: 'integer', description, priority: 0, cell };
}

export function text<T extends KubeObject>(name: string, description: string, cell: (object: T) => Cell): Column<T> {
  return { name, type: 'string', description, priority: 0, cell };
}

/** A column of `-o wide`. */
export function wide<T extends KubeObject>(name: string, description: string, cell: (object: T) => string): Column<T> {
  return { name, type: 'string', description, priority: 1, cell };
}

/** Containers and Images, which every workload ends with. */
export function containerColumns<T extends KubeObject>(template: (object: T) => Template): Column<T>[] {
  return [
    wide('Containers', 'Names of the containers of each pod.', (object) => containerNames(template(object))),
    wide('Images', 'Images of the containers of each pod.', (object) => containerImages(template(object))),
  ];
}

export function containerNames(template: Template): string {
  return (template?.spec.containers ?? []).map(({ name }) => name).join(',');
}

export function containerImages(template: Template): string {
  return (template?.spec.containers ?? []).map(({ image }) => image ?? '').join(',');
}
