import { ageText } from '../meta/age.ts';
import type { Column } from '../registry.ts';

/** The first column of every kind; the format makes kubectl print `pod/x` when several kinds are asked for. */
export const NAME: Column = {
  name: 'Name',
  type: 'string',
  format: 'name',
  description: 'Name of the object, unique for its kind within a namespace.',
  priority: 0,
  cell: ({ metadata }) => metadata.name,
};

export const AGE: Column = {
  name: 'Age',
  type: 'string',
  description: 'Time since the object was created.',
  priority: 0,
  cell: ({ metadata }, nowMs) => ageText(metadata.creationTimestamp, nowMs),
};
