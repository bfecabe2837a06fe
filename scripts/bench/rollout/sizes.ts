/** Scaling goes from few to many. */
export const FEW = 3;
export const MANY = 30;
/** How many a rolling update replaces. */
export const UPDATED = 10;
