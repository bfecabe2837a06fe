/** A count of a status, left out where it is nothing, as Kubernetes does: `countAs('readyReplicas', 2)`. */
export function countAs<K extends string>(field: K, count: number): { [field in K]?: number } {
  // A computed key widens to `string`, which the caller's type narrows again.
  return count > 0 ? ({ [field]: count } as { [field in K]?: number }) : {};
}
