/** A derived id: what hangs on a resource has the same digits. */
export const relatedId = (prefix: string, id: string) => `${prefix}-${id.slice(id.lastIndexOf('-') + 1)}`;
